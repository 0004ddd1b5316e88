//! Values of the wire: money, quantities, dates, identifiers, and what stands there when they do not parse.
