"""From one schema to the next: what changes, what that loses, and the record of what was generated last."""
