//! A program that runs in a container with nothing beside it: an ELF file that no loader has to complete.

use std::io;

/// How every ELF file begins.
const MAGIC: &[u8] = b"\x7fELF";
/// The segment that names a loader.
const INTERPRETER: u32 = 3;

/// Whether these bytes are a program, or what is left of one.
pub(super) fn is(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// The architecture of a static program, as container runtimes call it.
pub(super) fn architecture(bytes: &[u8]) -> io::Result<&'static str> {
    let Header { machine, segments } = header(bytes).ok_or_else(|| {
        refused("expected a program of 64 bits and little endian, found another ELF file")
    })?;
    if segments.contains(&INTERPRETER) {
        let message =
            "expected a static program, found one that needs a loader and shared libraries";
        return Err(refused(message));
    }
    match machine {
        0x3e => Ok("amd64"),
        0xb7 => Ok("arm64"),
        _ => Err(refused("expected a program for x86_64 or aarch64, found another architecture")),
    }
}

fn refused(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

struct Header {
    machine: u16,
    /// The types of its segments.
    segments: Vec<u32>,
}

/// None where it is no header of this class, or ends too early.
fn header(bytes: &[u8]) -> Option<Header> {
    const IS_64_BITS: u8 = 2;
    const IS_LITTLE_ENDIAN: u8 = 1;
    if bytes.get(4..6)? != [IS_64_BITS, IS_LITTLE_ENDIAN] {
        return None;
    }
    let short = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let start = u64::from_le_bytes(bytes.get(32..40)?.try_into().ok()?);
    let (size, count) = (usize::from(short(54)?), usize::from(short(56)?));
    let start = usize::try_from(start).ok()?;
    let segment = |number: usize| {
        let at = start.checked_add(size.checked_mul(number)?)?;
        let whole = bytes.get(at..at.checked_add(size)?)?;
        Some(u32::from_le_bytes(whole.get(..4)?.try_into().ok()?))
    };
    let segments = (0..count).map(segment).collect::<Option<_>>()?;
    Some(Header { machine: short(18)?, segments })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A program with segments of these types.
    pub(in crate::image) fn program(machine: u16, segments: &[u32]) -> Vec<u8> {
        let mut bytes = vec![0; 64];
        bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
        bytes[18..20].copy_from_slice(&machine.to_le_bytes());
        bytes[32..40].copy_from_slice(&64_u64.to_le_bytes());
        bytes[54..56].copy_from_slice(&56_u16.to_le_bytes());
        bytes[56..58].copy_from_slice(&u16::try_from(segments.len()).unwrap().to_le_bytes());
        for kind in segments {
            bytes.extend(kind.to_le_bytes());
            bytes.extend([0; 52]);
        }
        bytes
    }

    #[test]
    fn static_programs_of_two_architectures_are_taken() {
        assert_eq!(architecture(&program(0x3e, &[1, 2])).unwrap(), "amd64");
        assert_eq!(architecture(&program(0xb7, &[])).unwrap(), "arm64");
        let long = program(0x3e, &[1]);
        for (bytes, reason) in [
            (program(0x3e, &[1, INTERPRETER]), "needs a loader"),
            (program(0x28, &[1]), "another architecture"),
            (long[..70].to_vec(), "another ELF file"),
            (long[..66].to_vec(), "another ELF file"),
            (MAGIC.to_vec(), "another ELF file"),
        ] {
            let error = architecture(&bytes).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
