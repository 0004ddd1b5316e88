//! Whether a value plainly fits: most do, and that shows at a glance. Of the others the long way
//! ([`SegmentCheck`](super::segment::SegmentCheck)) tells what is wrong, if anything is.

use super::value::{Alphabet, is_date, is_padded, is_time, number, period};
use crate::guide::codes::{is_among, pack};
use crate::guide::specs::{Form, Spec, Specs};

/// What a glance goes by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glance<'a> {
    pub specs: &'a Specs,
    pub alphabet: &'a Alphabet,
    /// The component separator.
    pub component: u8,
}

impl Glance<'_> {
    /// Whether the value of an element, which is not empty, plainly fits; `before` is the element before it.
    #[inline]
    pub(super) fn is_plain<'v>(&self, spec: &Spec, value: &'v [u8], before: impl FnOnce() -> &'v [u8]) -> bool {
        match spec.form {
            Form::Composite => self.is_plain_composite(spec, value),
            _ => self.is_plain_simple(spec, value, before),
        }
    }

    #[inline]
    fn is_plain_simple<'v>(&self, spec: &Spec, value: &'v [u8], before: impl FnOnce() -> &'v [u8]) -> bool {
        let within = |length: usize| (usize::from(spec.min)..=usize::from(spec.max)).contains(&length);
        let clean = || self.alphabet.classes(value) == 0;
        match spec.form {
            Form::Code => is_among(self.specs.codes(spec), pack(value)),
            Form::Text => within(value.len()) && clean() && !is_padded(value),
            Form::Period => within(value.len()) && clean() && !is_padded(value) && period(before(), value).is_none(),
            Form::Integer => number(value, false).is_some_and(within) && clean(),
            Form::Decimal => number(value, true).is_some_and(within) && clean(),
            Form::Date => within(value.len()) && is_date(value),
            Form::Time => within(value.len()) && is_time(value),
            Form::Composite | Form::Other => false,
        }
    }

    fn is_plain_composite(&self, spec: &Spec, value: &[u8]) -> bool {
        let mut parts = self.specs.components(spec).iter();
        let mut before: &[u8] = &[];
        for component in value.split(|byte| *byte == self.component) {
            let Some(part) = parts.next() else { return false };
            let plain = match component {
                [] => !part.required,
                _ => self.is_plain_simple(part, component, || before),
            };
            if !plain {
                return false;
            }
            before = component;
        }
        !before.is_empty() && parts.all(|part| !part.required)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guide::check::{Charset, value};
    use crate::guide::{ElementUse, Guides, Usage, UseIndex};
    use crate::lex::Delimiters;
    use proptest::prelude::*;

    /// What the long way has against a simple value.
    fn flaws(element: &ElementUse, text: &[u8], before: &[u8], alphabet: &Alphabet) -> usize {
        let mut flaws = 0;
        value::check(element, text, before, alphabet, |_| flaws += 1);
        flaws
    }

    fn values() -> impl Strategy<Value = String> {
        prop_oneof![
            "[A-Z0-9]{1,9}",
            "-?[0-9]{0,5}[.]?[0-9]{1,20}",
            "20[0-9]{2}[01][0-9][0-3][0-9]",
            "[ A-Za-z:^é-]{1,9}"
        ]
    }

    proptest! {
        #[test]
        fn a_glance_and_the_long_way_agree(text in values(), before in prop_oneof!["D8", "RD8", "TM", "XX"]) {
            let delimiters = Delimiters::default();
            let alphabet = Alphabet::new(Charset::default(), Some(delimiters));
            let (text, before) = (text.as_bytes(), before.as_bytes());
            let divided = text.iter().any(|byte| delimiters.contains(*byte));
            for guide in Guides::built_in().iter() {
                let specs = &guide.states.specs;
                let glance = Glance { specs, alphabet: &alphabet, component: delimiters.component };
                for (segment, index) in guide.uses().iter().zip(0..) {
                    for (spec, element) in specs.of(UseIndex(index)).list.iter().zip(&segment.elements) {
                        let plain = glance.is_plain(spec, text, || before);
                        match element.data_type {
                            _ if element.usage == Usage::NotUsed => prop_assert!(!plain),
                            None => {}
                            // Divided values and blanks always go the long way.
                            Some(_) if divided || is_padded(text) => {
                                prop_assert!(!plain || flaws(element, text, before, &alphabet) == 0);
                            }
                            Some(_) => prop_assert_eq!(plain, flaws(element, text, before, &alphabet) == 0),
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn composites_are_plain_where_each_component_is() {
        let guides = Guides::built_in();
        let guide = guides.find("005010X222A1", "837").unwrap();
        let alphabet = Alphabet::new(Charset::default(), Some(Delimiters::default()));
        let glance = Glance { specs: &guide.states.specs, alphabet: &alphabet, component: b':' };
        let claim = guide.uses().iter().position(|it| it.id == "CLM").unwrap();
        let place = glance.specs.of(UseIndex(u16::try_from(claim).unwrap())).list[4];
        assert!(glance.is_plain(&place, b"11:B:1", || b""));
        for not in [&b"11:B"[..], b"11:B:1:", b"11::1", b"11:X:1", b"11:B:1:2", b"11:B:1^11:B:1", b"111:B:1", b"11"] {
            assert!(!glance.is_plain(&place, not, || b""), "{}", String::from_utf8_lossy(not));
        }
    }
}
