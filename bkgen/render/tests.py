from bkgen.render.packages import Draft
def test_drafts(service, homes): return {}
