//! Content codings (RFC 9110, section 8.4.1): a body is decoded or refused, never passed on compressed.
//!
//! The HTTP library supports only one spelling of each coding and one gzip member. Servers and middleboxes send `GZIP`,
//! `x-gzip`, and several members, even to clients that accept no coding.

use std::io::{self, Write as _};

use flate2::write::GzDecoder;
use flate2::{Decompress, FlushDecompress, Status};
use hyper::body::Bytes;
use reqwest::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap};
use zstd::stream::raw::{self, DParameter, InBuffer, Operation as _, OutBuffer};

/// The codings that requests accept.
pub(super) const ACCEPTED: &str = "gzip, zstd";
/// The number of bytes decoded at a time, which limits memory for a body that decompresses to gigabytes.
const STEP: usize = 64 * 1024;
/// The number of gzip bytes read at a time. They decode to at most 1032 times their length.
const GZIP_STEP: usize = 256;
/// The largest window of `zstd` as a content coding: 8 MiB (RFC 9659, section 3).
const ZSTD_WINDOW_LOG: u32 = 23;

/// The reason why a body can't be decoded.
#[derive(Debug)]
pub(super) enum Refused {
    /// An unsupported coding or combination of codings.
    Unknown(String),
    /// The bytes are invalid for the coding.
    Corrupt(io::Error),
    /// The body is truncated.
    Cut,
}

/// Decodes one body.
pub(super) struct Decoder {
    coding: Box<Coding>,
    /// A body without bytes is empty in every coding.
    began: bool,
}

enum Coding {
    Identity,
    Unknown(String),
    Gzip(Gzip),
    Deflate(Deflate),
    Zstd(Zstd),
}

impl Decoder {
    /// Creates the decoder for a body with these headers, and updates them to describe the decoded body.
    pub(super) fn of(headers: &mut HeaderMap) -> io::Result<Self> {
        let names: Vec<String> = headers
            .get_all(CONTENT_ENCODING)
            .iter()
            .flat_map(|value| {
                let text = String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase();
                text.split(',')
                    .map(str::trim)
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
            .filter(|name| !matches!(name.as_str(), "" | "identity" | "none"))
            .collect();
        let coding = match &names[..] {
            [] => Coding::Identity,
            [name] => match name.as_str() {
                "gzip" | "x-gzip" => Coding::Gzip(Gzip::new()),
                "deflate" => Coding::Deflate(Deflate::Undecided(None)),
                "zstd" => Coding::Zstd(Zstd::new()?),
                _ => Coding::Unknown(name.clone()),
            },
            several => Coding::Unknown(several.join(", ")),
        };
        if !matches!(coding, Coding::Identity | Coding::Unknown(_)) {
            headers.remove(CONTENT_ENCODING);
            headers.remove(CONTENT_LENGTH);
        }
        Ok(Self {
            coding: Box::new(coding),
            began: false,
        })
    }

    /// Consumes bytes from the front of `input` and returns the decoded bytes, possibly none.
    pub(super) fn decode(&mut self, input: &mut Bytes) -> Result<Bytes, Refused> {
        self.began |= !input.is_empty();
        let mut out = Vec::new();
        let taken = match &mut *self.coding {
            Coding::Identity => return Ok(std::mem::take(input)),
            Coding::Unknown(name) if !input.is_empty() => {
                return Err(Refused::Unknown(name.clone()));
            }
            Coding::Unknown(_) => 0,
            Coding::Gzip(gzip) => gzip.decode(input, &mut out)?,
            Coding::Deflate(deflate) => deflate.decode(input, &mut out)?,
            Coding::Zstd(zstd) => zstd.decode(input, &mut out)?,
        };
        let _ = input.split_to(taken.min(input.len()));
        Ok(out.into())
    }

    /// Whether the body is not encoded, so that `Content-Length` is its length.
    pub(super) fn is_identity(&self) -> bool {
        matches!(*self.coding, Coding::Identity)
    }

    /// Checks at the end of the body that the encoded data is complete.
    pub(super) fn end(&mut self) -> Result<(), Refused> {
        let is_complete = match &mut *self.coding {
            _ if !self.began => true,
            Coding::Identity | Coding::Unknown(_) => true,
            Coding::Gzip(gzip) => gzip.end()?,
            Coding::Deflate(deflate) => matches!(deflate, Deflate::Over),
            Coding::Zstd(zstd) => zstd.between_frames,
        };
        is_complete.then_some(()).ok_or(Refused::Cut)
    }
}

/// A sequence of gzip members (RFC 1952).
enum Gzip {
    Member(Box<GzDecoder<Vec<u8>>>),
    /// A member is complete. The first byte of another one may have arrived.
    Between(bool),
    /// Trailing data that is not a member. It is ignored, as `gzip` and `curl` do.
    Over,
}

const MAGIC: [u8; 2] = [0x1f, 0x8b];

impl Gzip {
    fn new() -> Self {
        Self::Member(Box::new(GzDecoder::new(Vec::new())))
    }

    fn decode(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<usize, Refused> {
        let mut taken = 0;
        while taken < input.len() && out.len() < STEP {
            taken += self.step(&input[taken..], out)?;
        }
        if let Self::Member(decoder) = self {
            // A live feed needs the data that has arrived so far.
            decoder.flush().map_err(Refused::Corrupt)?;
            out.append(decoder.get_mut());
        }
        Ok(taken)
    }

    fn step(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<usize, Refused> {
        match self {
            Self::Member(decoder) => {
                let piece = &input[..input.len().min(GZIP_STEP)];
                let taken = decoder.write(piece).map_err(Refused::Corrupt)?;
                out.append(decoder.get_mut());
                if taken == 0 {
                    decoder.try_finish().map_err(Refused::Corrupt)?;
                    out.append(decoder.get_mut());
                    *self = Self::Between(false);
                }
                Ok(taken)
            }
            Self::Between(false) if input[0] == MAGIC[0] => {
                *self = Self::Between(true);
                Ok(1)
            }
            Self::Between(true) if input[0] == MAGIC[1] => {
                let mut decoder = GzDecoder::new(Vec::new());
                decoder.write_all(&MAGIC).map_err(Refused::Corrupt)?;
                *self = Self::Member(Box::new(decoder));
                Ok(1)
            }
            Self::Between(_) | Self::Over => {
                *self = Self::Over;
                Ok(input.len())
            }
        }
    }

    /// Whether the body may end here.
    fn end(&mut self) -> Result<bool, Refused> {
        let Self::Member(decoder) = self else {
            return Ok(true);
        };
        // A member is complete after its checksum and length.
        let is_whole = decoder.write(&[0]).map_err(Refused::Corrupt)? == 0;
        if is_whole {
            decoder.try_finish().map_err(Refused::Corrupt)?;
        }
        Ok(is_whole)
    }
}

/// `deflate` is zlib (RFC 1950), but some servers send bare deflate (RFC 1951).
enum Deflate {
    /// The first byte; the form is determined by the first two.
    Undecided(Option<u8>),
    Decided(Decompress),
    Over,
}

impl Deflate {
    fn decode(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<usize, Refused> {
        let Some(byte) = input.first() else {
            return Ok(0);
        };
        match self {
            Self::Undecided(None) => {
                *self = Self::Undecided(Some(*byte));
                Ok(1)
            }
            Self::Undecided(Some(first)) => {
                let first = *first;
                let mut inflate = Decompress::new(is_zlib(first, *byte));
                run(&mut inflate, &[first], out)?;
                *self = Self::Decided(inflate);
                Ok(0)
            }
            Self::Decided(inflate) => {
                let (taken, is_over) = run(inflate, input, out)?;
                if is_over {
                    *self = Self::Over;
                }
                Ok(taken)
            }
            Self::Over => Ok(input.len()),
        }
    }
}

/// Whether these two bytes are a zlib header (RFC 1950, section 2.2).
fn is_zlib(first: u8, second: u8) -> bool {
    first & 0x0f == 8 && first >> 4 <= 7 && (u16::from(first) << 8 | u16::from(second)) % 31 == 0
}

/// The number of input bytes consumed, and whether the stream has ended.
fn run(
    inflate: &mut Decompress,
    input: &[u8],
    out: &mut Vec<u8>,
) -> Result<(usize, bool), Refused> {
    let mut taken = 0;
    loop {
        out.reserve(STEP);
        let (before, had) = (inflate.total_in(), out.len());
        let status = inflate
            .decompress_vec(&input[taken..], out, FlushDecompress::None)
            .map_err(|error| Refused::Corrupt(error.into()))?;
        taken += usize::try_from(inflate.total_in() - before).unwrap_or(0);
        let is_over = status == Status::StreamEnd;
        // The decoder may buffer data that has already arrived.
        let is_drained = taken == input.len() && out.len() == had;
        if is_over || is_drained || taken < input.len() {
            return Ok((taken, is_over));
        }
    }
}

/// A sequence of zstd frames (RFC 8878).
struct Zstd {
    decoder: raw::Decoder<'static>,
    /// Whether a frame is complete and no other has started.
    between_frames: bool,
}

impl Zstd {
    fn new() -> io::Result<Self> {
        let mut decoder = raw::Decoder::new()?;
        decoder.set_parameter(DParameter::WindowLogMax(ZSTD_WINDOW_LOG))?;
        Ok(Self {
            decoder,
            between_frames: false,
        })
    }

    fn decode(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<usize, Refused> {
        let mut buffer = vec![0; STEP];
        let mut source = InBuffer::around(input);
        loop {
            let mut target = OutBuffer::around(&mut buffer[..]);
            let hint = self
                .decoder
                .run(&mut source, &mut target)
                .map_err(Refused::Corrupt)?;
            self.between_frames = hint == 0;
            let written = target.pos();
            out.extend_from_slice(&buffer[..written]);
            // The decoder may buffer data that has already arrived.
            let is_drained = written < STEP;
            if self.between_frames || is_drained || source.pos() < input.len() {
                return Ok(source.pos());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};
    use reqwest::header::HeaderValue;

    use super::*;

    fn decoder(name: &'static str) -> Decoder {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
        Decoder::of(&mut headers).expect("memory")
    }

    #[test]
    fn decodes_bombs_in_small_pieces() {
        let zeros = vec![0; 32 * 1024 * 1024];
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(&zeros).expect("memory");
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
        zlib.write_all(&zeros).expect("memory");
        for (name, bytes) in [
            ("gzip", gzip.finish().expect("memory")),
            ("deflate", zlib.finish().expect("memory")),
            ("zstd", zstd::encode_all(&zeros[..], 19).expect("memory")),
        ] {
            let (mut decoder, mut input) = (decoder(name), Bytes::from(bytes));
            let (mut total, mut largest) = (0, 0);
            while !input.is_empty() {
                let piece = decoder.decode(&mut input).expect("its coding");
                total += piece.len();
                largest = largest.max(piece.len());
            }
            decoder.end().expect("its end");
            assert_eq!(total, zeros.len(), "{name}");
            assert!(largest <= 8 * STEP, "{name}: {largest}");
        }
    }

    #[test]
    fn rejects_oversized_windows() {
        let mut encoder = zstd::Encoder::new(Vec::new(), 3).expect("memory");
        encoder.window_log(ZSTD_WINDOW_LOG + 1).expect("a size");
        encoder.write_all(&[7; 1024]).expect("memory");
        let mut input = Bytes::from(encoder.finish().expect("memory"));
        let decoded = decoder("zstd").decode(&mut input);
        assert!(matches!(decoded, Err(Refused::Corrupt(_))));
    }

    #[test]
    fn updates_headers_to_decoded_body() {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("10"));
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("X-Gzip"));
        Decoder::of(&mut headers).expect("memory");
        assert!(headers.is_empty());
    }
}
