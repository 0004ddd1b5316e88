//! Private data on its way to a screen: masked unless `--phi` is given.

use crate::context::Context;

impl Context {
    /// A person's name, or its first letter.
    pub fn name(&self, name: &str) -> String {
        if self.phi || name.is_empty() { name.to_owned() } else { first_letter(name) }
    }

    /// A member id or other identifier of a person, or its last two characters.
    pub fn id(&self, id: &str) -> String {
        if self.phi || id.is_empty() { id.to_owned() } else { last_two(id) }
    }
}

fn first_letter(name: &str) -> String {
    let first: String = name.chars().take(1).collect();
    format!("{first}***")
}

fn last_two(id: &str) -> String {
    let count = id.chars().count();
    let last: String = id.chars().skip(count.saturating_sub(2)).collect();
    if count > 4 { format!("***{last}") } else { "***".to_owned() }
}
