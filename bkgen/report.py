"""Prints diagnostics: as text for people, as JSON, SARIF or GitHub annotations for programs."""
