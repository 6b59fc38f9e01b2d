// Strings that are no identifiers, so that the search for names does not find them.

// clang-format off
Q(/)
Q(/lib)
