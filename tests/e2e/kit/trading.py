"""wsfanout with the trading protocol, its tokens, and the events of its seed."""
import time

import jwt

from .fanout import Fanout

SECRET = "dev-secret"

PRICE = '{"type":"market_price","market":"BTC","price":42500.50,"timestamp":"2024-01-14T10:00:00Z"}'
PNL = ('{"type":"pnl_update","assessmentId":"assessment-123","unrealizedPnl":1500.00,"realizedPnl":500.00,'
       '"currentBalance":10500.00,"timestamp":"2024-01-14T10:00:00Z"}')
POSITION = ('{"type":"position_update","assessmentId":"assessment-123","positionId":"position-456","market":"BTC",'
            '"side":"long","quantity":0.5,"entryPrice":42000.00,"unrealizedPnl":250.00,"timestamp":"2024-01-14T10:00:00Z"}')
RULE = ('{"type":"rule_status","assessmentId":"assessment-123","rule":"drawdown","value":0.15,"threshold":0.20,'
        '"status":"warning","timestamp":"2024-01-14T10:00:00Z"}')
VIOLATION = ('{"type":"violation","assessmentId":"assessment-123","rule":"drawdown_violation","value":0.25,'
             '"threshold":0.20,"timestamp":"2024-01-14T10:00:00Z"}')
ASSESSMENT = ('{"type":"assessment_update","assessmentId":"assessment-123","status":"failed",'
              '"timestamp":"2024-01-14T10:00:00Z"}')

KINDS = ("market-data.prices", "trading.pnl", "trading.positions", "trading.rules", "trading.violations",
         "trading.assessments")


def token(user="ada", secret=SECRET, lives_s=300, **more):
    return jwt.encode({"sub": user, "exp": int(time.time()) + lives_s, **more}, secret, "HS256")


class Topics:
    """The six topics of one test, told from those of others by their ending."""

    def __init__(self, kafka, kinds=KINDS):
        self.kafka = kafka
        self.ending = kafka.new_ending()
        for kind in kinds:
            self.make(kind)

    def make(self, kind):
        self.kafka.create(self.name(kind))

    def name(self, kind):
        return f"{kind}.{self.ending}"

    def publish(self, kind, *values):
        return self.kafka.publish(self.name(kind), *values)

    @property
    def pattern(self):
        return rf"^(market-data|trading)\..*\.{self.ending}$"


class Trading(Fanout):
    """Serves the topics at /ws to those with a token of SECRET."""

    def __init__(self, topics, *flags, env=None, **options):
        super().__init__("--protocol", "trading", "--trading-topics", topics.pattern, *flags, brokers=topics.kafka.address,
                         env={"JWT_SECRET": SECRET, **(env or {})}, **options)

    @property
    def url(self):
        return f"ws://{self.authority}/ws"

    def join(self, assessment=None, *, user="ada", query="", claims=None, **options):
        """A connection with a token, for an assessment."""
        chosen = f"&assessmentId={assessment}" if assessment else ""
        return self.connect(f"?token={token(user, **(claims or {}))}{chosen}{query}", **options)
