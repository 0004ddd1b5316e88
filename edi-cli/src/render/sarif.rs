//! Findings as SARIF 2.1.0, for editors and code hosts that show results of checks.

use crate::context::Context;
use edi_core::guide::{Rule, rule};
use edi_core::{Finding, Severity};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The results of a run, and the rules that they name.
#[derive(Debug, Default)]
pub struct Sarif {
    results: Vec<Value>,
    rules: BTreeMap<String, Option<&'static Rule>>,
}

impl Sarif {
    /// How many results there are.
    pub fn len(&self) -> usize {
        self.results.len()
    }

    /// Adds a finding in a file; private values are masked.
    pub fn add(&mut self, file: &str, finding: &Finding, context: &Context) {
        self.rules.entry(finding.rule.to_string()).or_insert_with(|| rule(&finding.rule));
        let place = finding.element.as_ref().or(finding.segment.as_ref());
        let found = context.found(finding).map(|it| format!("; found {it:?}")).unwrap_or_default();
        let expected = finding.expected.as_ref().map(|it| format!("; expected {it}")).unwrap_or_default();
        let at = place.map(|it| format!("{it}: ")).unwrap_or_default();
        self.results.push(json!({
            "ruleId": finding.rule,
            "level": level(finding.severity),
            "message": { "text": format!("{at}{}{found}{expected}", finding.message) },
            "locations": [{
                "physicalLocation": {
                    "artifactLocation": { "uri": file },
                    "region": { "startLine": finding.locus.line.max(1), "byteOffset": finding.locus.byte },
                },
                "logicalLocations": [{
                    "fullyQualifiedName": format!(
                        "{}/{}", finding.loop_id.as_deref().unwrap_or_default(), place.map_or("", |it| it.as_str())
                    ),
                    "kind": "element",
                }],
            }],
            "properties": {
                "snip": finding.snip,
                "segment": finding.locus.segment,
                "transactionSegment": finding.locus.transaction_segment,
                "count": finding.count,
            },
        }));
    }

    /// The log: one run with its rules and results; `dropped` results were not kept.
    pub fn log(self, dropped: u64) -> Value {
        let rules: Vec<Value> = (self.rules.into_iter())
            .map(|(id, rule)| match rule {
                Some(rule) => json!({
                    "id": id,
                    "shortDescription": { "text": rule.title },
                    "help": { "text": format!("{} Source: {}.", rule.mend, rule.source) },
                    "properties": { "snip": rule.snip },
                }),
                None => json!({ "id": id }),
            })
            .collect();
        json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": { "name": "edi", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
                "results": self.results,
                "properties": { "resultsNotShown": dropped },
            }],
        })
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}
