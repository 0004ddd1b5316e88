//! Every seed, and every input that fuzzing found, runs through its target; and so do all its cuts.

#[path = "seeds.rs"]
mod seeds;
#[path = "targets.rs"]
mod targets;

use targets::TARGETS;

#[test]
fn what_fuzzing_found_stays_mended() {
    for target in TARGETS {
        let seeds = seeds::seeds(target.name, target.seeds);
        assert!(!seeds.is_empty(), "{} has no seeds", target.name);
        for (path, bytes) in seeds {
            eprintln!("{}: {}", target.name, path.display()); // told where a panic follows
            (target.run)(&bytes);
        }
    }
}
