from streamlit.testing.v1 import AppTest


def test_the_same_sentence_stands_on_a_page_once():
    def script():
        from dashboard.runs.errors import StoreError
        from dashboard.ui import errors

        with errors.shown_errors(above_all=True):
            raise StoreError("The run store is locked.")
        for sentence in ("The run store is locked.", "Something else."):
            with errors.shown_errors():
                raise StoreError(sentence)

    at = AppTest.from_function(script).run()
    assert [error.value for error in at.error] == [
        "The run store is locked\\.",
        "Something else\\.",
    ]
    assert len(at.run().error) == 2  # it is said again at the next run
