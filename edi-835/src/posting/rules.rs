//! What the office decides: its payers, its limits, and rules by payer, group, reason, remark, status and amount.

use super::fees::{Contract, FeeSchedule};
use crate::denial::Limits;
use edi_core::{Money, Text};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::fmt;
use toml::Spanned;

/// The rules that ship with the program.
const DEFAULT: &str = include_str!("default_rules.toml");

/// The office's rules, as a TOML file has them.
///
/// ```
/// let rules = edi_835::posting::Rules::parse(r#"
///     version = "2026-02"
///     [[payer]]
///     id = "12345"
///     also = ["1990000001"]
///     [[rule]]
///     payer = "12345"
///     group = "CO"
///     reason = "97"
///     action = "write_off"
///     why = "the contract bundles these"
/// "#).unwrap();
/// assert_eq!(rules.payer("12345").unwrap().also, ["1990000001"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// Name of this set of rules; it stands with every run.
    pub version: Text,
    /// Identifiers of payees that are ours beside the billing providers of our claims.
    pub payees: Vec<Text>,
    /// Days that there are for each kind of work.
    pub limits: Limits,
    /// What is done where a payer does not allow what its contract says.
    pub contract: Contract,
    /// What a patient owes on a claim is given up where it is this or less once all payers have answered; nothing
    /// is where it is zero. Waiving what patients owe as a habit may be unlawful: the office decides.
    pub small_balance: Money,
    /// The contracts' fees; they come from a file of their own ([`FeeSchedule::read`]).
    #[serde(skip)]
    pub fees: FeeSchedule,
    /// What is known of payers.
    #[serde(rename = "payer")]
    pub payers: Vec<PayerRules>,
    /// Rules; the most specific wins.
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
}

/// What the office knows of a payer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PayerRules {
    /// The id that claims have (NM109).
    pub id: Text,
    /// Further identifiers that its remittances have (N104, REF*2U, TRN03).
    pub also: Vec<Text>,
    /// It pays by capitation: CO-24 is contractual.
    pub capitated: bool,
    /// Its own limits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
}

/// What a rule asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Post as the code tables say.
    Post,
    /// Post, and open a task.
    Task,
    /// Give the amount up.
    WriteOff,
    /// Move the amount to the next payer, or to the patient where the group is PR.
    Transfer,
    /// Hold the claim.
    Hold,
}

/// A rule: conditions that are given must all be met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Payer id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer: Option<Text>,
    /// Group code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Text>,
    /// Reason code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
    /// Remark code of the claim or the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<Text>,
    /// CLP02.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Text>,
    /// The amount, without its sign, is this or more: of the adjustment, or the payment where the rule names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Money>,
    /// The amount, without its sign, is this or less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Money>,
    /// What is done.
    pub action: Decision,
    /// Why: it stands with the hold.
    #[serde(default)]
    pub why: Text,
}

/// What a rule is asked about: a claim, or an adjustment of it.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Payer id of the claim.
    pub payer: &'a str,
    /// CLP02.
    pub status: &'a str,
    /// Group and reason; none for the claim as a whole.
    pub cut: Option<(&'a str, &'a str)>,
    /// Remark codes.
    pub remarks: &'a [&'a str],
    /// Cents: of the adjustment, or the payment.
    pub amount: i64,
}

impl Rules {
    /// The rules that ship with the program, as TOML with the reasons: to be edited and given back.
    #[must_use]
    pub fn shipped_text() -> &'static str {
        DEFAULT
    }

    /// The rules that ship with the program.
    ///
    /// # Errors
    /// Never, as a test holds.
    pub fn shipped() -> Result<Self, RulesError> {
        Self::parse(DEFAULT)
    }

    /// Rules of a TOML text.
    ///
    /// # Errors
    /// Where the text is no TOML, or names something that is no rule.
    pub fn parse(text: &str) -> Result<Self, RulesError> {
        let rules: Self = toml::from_str(text).map_err(|error| RulesError::of(text, &error))?;
        for (rule, nth) in rules.rules.iter().zip(0..) {
            rule.check().map_err(|words| RulesError { line: Places::of_rule(text, nth), key: "rule".into(), words })?;
        }
        Ok(rules)
    }

    /// What is known of a payer, by the id that claims have.
    #[must_use]
    pub fn payer(&self, id: &str) -> Option<&PayerRules> {
        self.payers.iter().find(|payer| payer.id == id)
    }

    /// The payer id that claims have, of an identifier that a remittance has.
    #[must_use]
    pub fn payer_of(&self, identifier: &str) -> Option<&Text> {
        self.payers.iter().find(|payer| payer.also.iter().any(|also| also == identifier)).map(|payer| &payer.id)
    }

    /// Limits for a payer.
    #[must_use]
    pub fn limits(&self, payer: &str) -> &Limits {
        self.payer(payer).and_then(|payer| payer.limits.as_ref()).unwrap_or(&self.limits)
    }

    /// The most specific rule that meets the facts; of equals, the more careful one.
    #[must_use]
    pub fn decide(&self, facts: &Facts<'_>) -> Option<&Rule> {
        self.rules.iter().filter(|rule| rule.meets(facts)).max_by_key(|rule| (rule.conditions(), rule.action))
    }
}

/// Why rules were not read: where, and what is expected there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesError {
    /// Line of the text, from 1.
    pub line: usize,
    /// The key that stands there; empty where there is none.
    pub key: String,
    /// What is wrong, and what is expected.
    pub words: String,
}

impl RulesError {
    fn of(text: &str, error: &toml::de::Error) -> Self {
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        let line = line_at(text, at);
        let row = text.lines().nth(line - 1).unwrap_or_default();
        let key = row.split(['=', '#']).next().unwrap_or_default().trim_matches([' ', '\t', '[', ']']).to_owned();
        let mut words = error.message().lines().collect::<Vec<_>>().join("; ");
        if words.starts_with("invalid type") && words.ends_with("expected a string") {
            words.push_str(" (amounts and codes stand in quotes)");
        }
        Self { line, key, words }
    }
}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.key.as_str() {
            "" => write!(f, "line {}: {}", self.line, self.words),
            key => write!(f, "line {}, key {key}: {}", self.line, self.words),
        }
    }
}

impl std::error::Error for RulesError {}

/// Where rules stand in a text.
#[derive(Deserialize)]
struct Places {
    rule: Vec<Spanned<IgnoredAny>>,
}

impl Places {
    /// Line of the nth rule of a text that is good TOML.
    fn of_rule(text: &str, nth: usize) -> usize {
        let places = toml::from_str::<Self>(text).map(|places| places.rule).unwrap_or_default();
        places.get(nth).map_or(1, |rule| line_at(text, rule.span().start))
    }
}

fn line_at(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

impl Rule {
    /// Whether the rule may do what it asks for.
    fn check(&self) -> Result<(), String> {
        let of_cut = self.group.is_some() || self.reason.is_some();
        match self.action {
            Decision::WriteOff | Decision::Transfer if !of_cut => {
                let action = if self.action == Decision::Transfer { "transfer" } else { "write_off" };
                Err(format!("a rule with action {action} must name a group or a reason"))
            }
            Decision::Transfer if self.group.as_deref() == Some("CO") => {
                Err("a rule may not transfer an amount of group CO: it never bills the patient".to_owned())
            }
            Decision::WriteOff if self.group.as_deref() == Some("PR") => {
                Err("a rule may not write off an amount of group PR: it is the patient's".to_owned())
            }
            _ => Ok(()),
        }
    }

    fn conditions(&self) -> usize {
        let texts = [&self.payer, &self.group, &self.reason, &self.remark, &self.status];
        texts.iter().filter(|text| text.is_some()).count()
            + usize::from(self.at_least.is_some())
            + usize::from(self.at_most.is_some())
    }

    fn meets(&self, facts: &Facts<'_>) -> bool {
        let is = |wanted: &Option<Text>, found: &str| wanted.as_ref().is_none_or(|wanted| wanted == found);
        let of_cut = self.group.is_some() || self.reason.is_some();
        let amount = Money::from_cents(facts.amount).abs();
        of_cut == facts.cut.is_some()
            && is(&self.payer, facts.payer)
            && is(&self.status, facts.status)
            && facts.cut.is_none_or(|(group, reason)| is(&self.group, group) && is(&self.reason, reason))
            && self.remark.as_ref().is_none_or(|wanted| facts.remarks.iter().any(|remark| wanted == remark))
            && self.at_least.is_none_or(|least| amount >= least)
            && self.at_most.is_none_or(|most| amount <= most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn shipped_rules_are_rules() {
        assert!(!Rules::shipped().unwrap().version.is_empty());
    }

    #[test]
    fn the_most_specific_rule_wins_and_of_equals_the_more_careful() {
        let rules = Rules::parse(
            r#"
            [[rule]]
            group = "CO"
            action = "post"
            [[rule]]
            group = "CO"
            reason = "97"
            action = "write_off"
            [[rule]]
            group = "CO"
            reason = "97"
            payer = "9"
            action = "hold"
            [[rule]]
            at_least = "5000"
            action = "hold"
            [[rule]]
            status = "22"
            action = "task"
            "#,
        )
        .unwrap();
        let decide = |payer, cut, amount| {
            let facts = Facts { payer, status: "1", cut, remarks: &[], amount };
            rules.decide(&facts).map(|rule| rule.action)
        };
        assert_eq!(decide("1", Some(("CO", "45")), 1), Some(Decision::Post));
        assert_eq!(decide("1", Some(("CO", "97")), 1), Some(Decision::WriteOff));
        assert_eq!(decide("9", Some(("CO", "97")), 1), Some(Decision::Hold));
        assert_eq!(decide("1", Some(("PR", "1")), 1), None);
        assert_eq!(decide("1", None, 499_999), None);
        assert_eq!(decide("1", None, -500_000), Some(Decision::Hold));
    }

    #[test]
    fn rules_that_may_not_be_are_refused() {
        for bad in [
            "[[rule]]\ngroup = 'CO'\naction = 'transfer'",
            "[[rule]]\ngroup = 'PR'\naction = 'write_off'",
            "[[rule]]\nstatus = '1'\naction = 'write_off'",
            "[[rule]]\ngruop = 'CO'\naction = 'post'",
            "[[rule]]\ngroup = 'CO'\naction = 'guess'",
        ] {
            assert!(Rules::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_error_tells_line_key_and_what_is_expected() {
        for (text, line, key, expected) in [
            (
                "[[rule]]\ngroup = 'CO'\naction = 'post'\n[[rule]]\ngroup = 'PR'\naction = 'write_off'\n",
                4,
                "rule",
                "PR",
            ),
            ("[[rule]]\ngroup = 'CO'\naction = 'guess'", 3, "action", "`write_off`"),
            ("[[rule]]\ngruop = 'CO'\naction = 'post'", 2, "gruop", "`group`"),
            ("[[rule]]\ngroup = 'CO'", 1, "rule", "`action`"),
            ("[contract]\ntolerance = 12.5", 2, "tolerance", "in quotes"),
            ("version = ", 1, "version", "string"),
        ] {
            let error = Rules::parse(text).unwrap_err();
            assert_eq!((error.line, error.key.as_str()), (line, key), "{error}");
            assert!(error.words.contains(expected), "{error}");
        }
    }

    #[test]
    fn rules_come_back_from_their_own_text() {
        let rules =
            Rules::parse("version = '7'\n[[payer]]\nid = '1'\n[[rule]]\nat_least = '5000'\naction = 'hold'").unwrap();
        assert_eq!(Rules::parse(&toml::to_string(&rules).unwrap()).unwrap(), rules);
    }
}
