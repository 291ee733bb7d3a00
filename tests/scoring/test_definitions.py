from kcoder.metrics.mtld import Mtld
from kcoder.scorers.radon import Radon
from kcoder.scorers.token import Token
from kcoder.scoring.definitions import definitions


def test_scorers_that_were_used_and_metrics_explain_themselves():
    told = [{"code": [{"scorers": ["radon", "token"]}, {"scorers": []}]}]
    found = definitions(told, [Mtld()])
    assert (found["radon"], found["token"]) == (Radon.values, Token.values)
    assert found["metrics"] == {
        "mtld": "The mean of MTLD (McCarthy & Jarvis 2010) over questions, forwards and backwards."
    }
