//! A number of objects, or a part of all.

/// `N` or `P%`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// So many.
    Count(usize),
    /// So many of a hundred.
    Percent(usize),
}

impl Amount {
    /// Reads `10` or `5%`.
    ///
    /// # Errors
    /// A sentence, if it is neither.
    pub fn read(text: &str) -> Result<Self, String> {
        let digits = text.strip_suffix('%').unwrap_or(text);
        let is_plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.parse().ok().filter(|_| is_plain);
        match number {
            Some(number) if digits.len() == text.len() && number <= LARGEST => {
                Ok(Self::Count(number))
            }
            Some(number) if digits.len() < text.len() && number <= 100 => Ok(Self::Percent(number)),
            _ => Err("write a whole number, or a percentage such as 5%".to_owned()),
        }
    }

    /// As [`Amount::read`], but more than nothing.
    ///
    /// # Errors
    /// A sentence, if it is not.
    pub fn read_positive(text: &str) -> Result<Self, String> {
        match Self::read(text)? {
            Self::Count(0) | Self::Percent(0) => Err("write a number above 0".to_owned()),
            amount => Ok(amount),
        }
    }

    /// So many of `total`, rounded down: what may be lost is never more than was said.
    pub fn at_most(self, total: usize) -> usize {
        match self {
            Self::Count(count) => count,
            Self::Percent(percent) => total.saturating_mul(percent) / 100,
        }
    }

    /// So many of `total`, but at least one.
    pub fn at_least_one(self, total: usize) -> usize {
        self.at_most(total).max(1)
    }
}

/// More objects than any project has.
const LARGEST: usize = 1_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_and_percentages_only() {
        assert_eq!(Amount::read("10"), Ok(Amount::Count(10)));
        assert_eq!(Amount::read("5%"), Ok(Amount::Percent(5)));
        assert_eq!(Amount::read("0"), Ok(Amount::Count(0)));
        for text in [
            "",
            "%",
            "-1",
            "+1",
            "1.5",
            "101%",
            "5 %",
            "5%%",
            "ten",
            "99999999999",
        ] {
            assert!(Amount::read(text).is_err(), "{text}");
        }
        assert!(Amount::read_positive("0%").is_err());
    }

    #[test]
    fn a_percentage_is_rounded_down_but_a_batch_has_one() {
        assert_eq!(Amount::Percent(10).at_most(19), 1);
        assert_eq!(Amount::Percent(10).at_most(9), 0);
        assert_eq!(Amount::Percent(10).at_least_one(9), 1);
        assert_eq!(Amount::Count(7).at_most(3), 7);
    }
}
