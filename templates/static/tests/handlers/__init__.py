"""Tests of the handlers. All other files here are the developer's."""
