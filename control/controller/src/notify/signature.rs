//! How a receiver knows that a notification is from here, and is not an old one that is sent again: as Standard Webhooks
//! has it, for which libraries are there.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// How a secret may begin.
const PREFIX: &str = "whsec_";
/// The fewest bytes of a secret, and the most.
const LENGTH: std::ops::RangeInclusive<usize> = 24..=64;

/// What the receiver and the controller know, and no one else.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

/// Never in a log.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// Reads it: base64, with or without `whsec_` before it.
    ///
    /// # Errors
    /// What is expected; what was found is a secret.
    pub fn read(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let bytes = STANDARD.decode(text.strip_prefix(PREFIX).unwrap_or(text));
        match bytes {
            Ok(bytes) if LENGTH.contains(&bytes.len()) => Ok(Self(bytes)),
            Ok(bytes) => Err(format!(
                "expected 24 to 64 bytes in base64, with or without `{PREFIX}` before it, found {} bytes",
                bytes.len()
            )),
            Err(_) => Err(format!(
                "expected 24 to 64 bytes in base64, with or without `{PREFIX}` before it, found no base64"
            )),
        }
    }

    /// The header `webhook-signature` of a body.
    pub(super) fn sign(&self, id: &str, seconds: i64, body: &[u8]) -> String {
        // A key of any length will do.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        mac.update(format!("{id}.{seconds}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_standard_webhooks() {
        for secret in
            ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", " MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"]
        {
            let secret = Secret::read(secret).unwrap();
            let body = br#"{"test": 2432232314}"#;
            assert_eq!(
                secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body),
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
            );
            assert_eq!(format!("{secret:?}"), "Secret");
        }
    }

    #[test]
    fn a_secret_that_is_none_is_refused_and_not_shown() {
        for (text, found) in [
            ("correct horse battery staple", "found no base64"),
            ("whsec_aGVsbG8=", "found 5 bytes"),
            ("", "found 0 bytes"),
        ] {
            let said = Secret::read(text).unwrap_err();
            assert!(said.ends_with(found), "{said}");
            assert!(text.is_empty() || !said.contains(text), "{said}");
        }
    }
}
