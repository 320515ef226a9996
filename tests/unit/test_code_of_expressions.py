"""Source text of expressions: where parentheses stand."""

from bkgen.render.expressions.code import Code, Level, call, choice


def test_a_choice_between_commas_is_in_parentheses_and_a_lone_one_is_not() -> None:
    one = choice(Code("a"), Code("b == c", Level.COMPARE), Code("d"))
    assert call("or_", one, Code("e")).text == "or_((a if b == c else d), e)"
    assert call("not_", one).text == "not_(a if b == c else d)"
