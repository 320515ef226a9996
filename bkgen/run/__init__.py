"""Running what was generated: `bkgen run` serves it while documents change, `bkgen try` curls every endpoint."""
