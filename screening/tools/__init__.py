"""For the people who keep the rules: lints, differences between two contents, cost per rule, pages, and what is controlled."""
