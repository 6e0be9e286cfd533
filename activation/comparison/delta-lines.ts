// Still imported from here by state/imports, which is being rewritten.
