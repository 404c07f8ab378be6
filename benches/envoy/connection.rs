//! A kept-alive HTTP/1.1 connection that blocks: what it costs to send is the same for every row.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, bail};

/// How long an answer may take: the slowest row under callgrind takes a second.
const PATIENCE: Duration = Duration::from_mins(1);

/// One connection.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    /// What was read and not yet taken.
    buffer: Vec<u8>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Connection {
    /// Opens a connection.
    pub(crate) fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream =
            TcpStream::connect(address).with_context(|| format!("nothing listens at {address}"))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { stream, buffer: Vec::with_capacity(4096) })
    }

    /// Sends these bytes: a whole request.
    pub(crate) fn send(&mut self, request: &[u8]) -> anyhow::Result<()> {
        self.stream.write_all(request).context("a request could not be sent")
    }

    /// Reads one answer.
    pub(crate) fn receive(&mut self) -> anyhow::Result<Answer> {
        self.buffer.clear();
        let head = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
            self.read()?;
        };
        let (status, length) = read_head(self.buffer.get(..head).unwrap_or_default())?;
        let end = match length {
            Some(length) => {
                while self.buffer.len() < head + length {
                    self.read()?;
                }
                head + length
            }
            None => bail!("an answer does not say how long it is"),
        };
        let body = self.buffer.get(head..end).unwrap_or_default().to_vec();
        Ok(Answer { status, body })
    }

    fn read(&mut self) -> anyhow::Result<()> {
        let mut piece = [0; 4096];
        let size = self.stream.read(&mut piece).context("no answer came")?;
        if size == 0 {
            bail!("the connection was closed before the answer");
        }
        self.buffer.extend_from_slice(piece.get(..size).unwrap_or_default());
        Ok(())
    }
}

/// The status, and how long the body is.
fn read_head(head: &[u8]) -> anyhow::Result<(u16, Option<usize>)> {
    let head = std::str::from_utf8(head).context("an answer's head is no text")?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.context("an answer has no status")?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    Ok((status, length))
}

fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    bytes.windows(text.len()).position(|window| window == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_tells_status_and_length() {
        let head = b"HTTP/1.1 503 Service Unavailable\r\nserver: a\r\nContent-Length: 12\r\n\r\n";
        assert_eq!(read_head(head).unwrap(), (503, Some(12)));
        assert_eq!(read_head(b"HTTP/1.1 200 OK\r\n\r\n").unwrap(), (200, None));
        assert!(read_head(b"\r\n\r\n").is_err());
    }
}
