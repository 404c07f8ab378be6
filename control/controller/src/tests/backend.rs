//! A cluster that takes writes, and answers to nothing else.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use rollout::drive::cluster::endpoints::Labels;
use rollout::drive::cluster::proxies::{Known, Proxy};
use rollout::drive::cluster::{
    Answer, ApplyOptions, Changes, Cluster, Error, Notice, Object, Resource, Watch,
};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

/// It gives everything that is written the version 100.
#[derive(Debug, Default)]
pub(super) struct Writes;

fn away<'a, T: Send + 'a>() -> Answer<'a, T> {
    let (what, help) = ("it is away".to_owned(), String::new());
    Box::pin(std::future::ready(Err(Error::Unreachable { what, help })))
}

fn written<'a>(object: &Object) -> Answer<'a, Object> {
    let mut object = object.clone();
    object.value_mut()["metadata"]["resourceVersion"] = json!("100");
    Box::pin(std::future::ready(Ok(object)))
}

impl Cluster for Writes {
    fn namespace(&self) -> &'static str {
        "shop"
    }

    fn whoami(&self) -> Answer<'_, String> {
        away()
    }

    fn version(&self) -> Answer<'_, String> {
        away()
    }

    fn get<'a>(
        &'a self,
        _: &'a Resource,
        _: Option<&'a str>,
        _: &'a str,
    ) -> Answer<'a, Option<Object>> {
        away()
    }

    fn list<'a>(
        &'a self,
        _: &'a Resource,
        _: Option<&'a str>,
        _: &'a str,
    ) -> Answer<'a, Vec<Object>> {
        away()
    }

    fn create<'a>(
        &'a self,
        _: &'a Resource,
        object: &'a Object,
        _: ApplyOptions,
    ) -> Answer<'a, Object> {
        written(object)
    }

    fn apply<'a>(
        &'a self,
        _: &'a Resource,
        object: &'a Object,
        _: ApplyOptions,
    ) -> Answer<'a, Object> {
        written(object)
    }

    fn replace<'a>(
        &'a self,
        _: &'a Resource,
        object: &'a Object,
        _: ApplyOptions,
    ) -> Answer<'a, Object> {
        written(object)
    }

    fn replace_status<'a>(&'a self, _: &'a Resource, object: &'a Object) -> Answer<'a, Object> {
        written(object)
    }

    fn scale<'a>(
        &'a self,
        _: &'a Resource,
        _: &'a Object,
        _: u32,
        _: ApplyOptions,
    ) -> Answer<'a, ()> {
        away()
    }

    fn delete<'a>(&'a self, _: &'a Resource, _: &'a Object, _: ApplyOptions) -> Answer<'a, ()> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn known(&self) -> Answer<'_, Vec<Vec<Known>>> {
        away()
    }

    fn proxies<'a>(&'a self, _: Option<&'a str>) -> Answer<'a, Vec<Proxy>> {
        away()
    }

    fn endpoints<'a>(&'a self, _: &'a str) -> Answer<'a, Vec<Vec<Labels>>> {
        away()
    }

    fn stats<'a>(&'a self, _: &'a Object, _: &'a str) -> Answer<'a, String> {
        away()
    }

    fn date(&self) -> Option<Timestamp> {
        None
    }

    fn tell(&self, _: &Notice) {}
}

impl Watch for Writes {
    fn watch(&self, _: Resource, _: Option<&str>) -> Changes {
        mpsc::channel(1).1
    }
}

/// A text that is written.
#[derive(Clone, Debug, Default)]
pub(super) struct Text(Arc<Mutex<Vec<u8>>>);

impl Text {
    pub(super) fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut self.0.lock().unwrap())).unwrap()
    }
}

impl Write for Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The answer to a request.
pub(super) async fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}
