"""Golden vectors of allocation from the platforms' own SDKs, for ids that the committed references do not have.

    pip install growthbook optimizely-sdk UnleashClient planout launchdarkly-server-sdk statsig \
        openfeature-provider-flagd splitio_client posthog six
    python3 platforms.py > platforms.csv

A program without an SDK on PyPI (Flipper, Proctor) or whose SDK hides its draw (Eppo) is written from its definition.
"""
import collections, collections.abc, csv, hashlib, logging, random, sys, zlib

collections.MutableMapping = collections.abc.MutableMapping  # planout was written for Python 3.9
logging.disable(logging.CRITICAL)
from growthbook.core import chooseVariation, gbhash, getBucketRanges, inNamespace
from ldclient.context import Context
from ldclient.impl.evaluator_common import _bucket_context
from openfeature.contrib.tools.flagd.core.targeting.custom_ops import fractional
from optimizely.bucketer import Bucketer
from planout.ops.random import BernoulliTrial, RandomInteger, UniformChoice
from planout.assignment import Assignment
from posthog.feature_flags import _hash
from splitio.engine.hashfns.legacy import legacy_hash
from splitio.engine.hashfns.murmur3py import murmur32_py
from statsig.evaluator import sha256_hash
from UnleashClient.utils import normalized_hash

random.seed(20261123)
ODD = ["é", "e\u0301", "ÀÉÎ", "日本語", "🙂", "a🙂b", "0", "-1", "1.0", "01", "true", "null", " ", "a b", "a|b", "a:b",
       "x" * 55, "x" * 56, "x" * 63, "x" * 64, "x" * 65, "x" * 119, "x" * 120]
KEYS = ODD + ["".join(random.choices("0123456789abcdef", k=n)) for n in range(1, 38)]
out = csv.writer(sys.stdout, lineterminator="\n")
out.writerow(["platform", "key", "salt", "parameters", "hash_or_bucket", "assignment"])


def row(platform, key, salt, parameters, bucket, assignment):
    out.writerow([platform, key, salt, parameters, bucket if isinstance(bucket, (int, str)) else repr(bucket), assignment])


def first(value, cuts):
    return next((i for i, cut in enumerate(cuts) if value < cut), -1)


def planout(op, key, salt, **arguments):
    a = Assignment(salt)
    a.x = op(unit=key, **arguments)
    return a.x


for key in KEYS:
    for version, salt in ((1, "pricing é"), (2, "pricing é")):
        n = gbhash(salt, key, version)
        arm = chooseVariation(n, getBucketRanges(3, 0.7, [0.2, 0.3, 0.5]))
        row(f"growthbook-v{version}", key, salt, "weights=0.2/0.3/0.5 coverage=0.7", n, arm)
    n = gbhash("__ns é", key, 1)
    row("growthbook-namespace", key, "ns é", "range=0-0.25", n, int(inNamespace(key, ["ns é", 0, 0.25])))
    b = Bucketer()._generate_bucket_value(key + "20261123")
    row("optimizely", key, "20261123", "endOfRange=100/5000/10000", b, first(b, [100, 5000, 10000]))
    n = normalized_hash(key, "grupo ñ", 100)
    row("unleash-rollout", key, "grupo ñ", "rollout=40", n, int(n <= 40))
    n = normalized_hash(key, "grupo ñ", 1000, 86028157)
    row("unleash-variant", key, "grupo ñ", "weights=100/400/500", n, "ABC"[first(n - 1, [100, 500, 1000])])
    if key.isascii():
        u = planout(UniformChoice, key, "exp.colour", choices=[0, 1, 2])
        h = int(hashlib.sha1(f"exp.colour.x.{key}".encode()).hexdigest()[:15], 16)
        row("planout-uniformchoice", key, "exp.colour.x", "choices=3", h, u)
        row("planout-segment", key, "ns.x", "num_segments=1000", planout(RandomInteger, key, "ns", min=0, max=999), "")
        row("planout-float", key, "exp.colour.x", "p=0.3", h / float(0xFFFFFFFFFFFFFFF),
            planout(BernoulliTrial, key, "exp.colour", p=0.3))
    for name, salt, seed in (("salt", "flag é.5f3c", None), ("seed", "-17", -17)):
        u = _bucket_context(seed, Context.create(key), "user", "flag é", "5f3c", None)
        row(f"launchdarkly-{name}", key, salt, "weights=12345/50000/37655", u, first(u, [0.12345, 0.62345, 2]))
    h = sha256_hash("spec é.rule." + key)
    row("statsig-pass", key, "spec é.rule", "passPercentage=33.3", h % 10000, int(h % 10000 < 3330))
    row("statsig-user-bucket", key, "layer é", "mod 1000", sha256_hash("layer é." + key) % 1000, "")
    arm = fractional({"$flagd": {"flagKey": "flag é"}, "targetingKey": key}, ["0", 1], ["1", 2], ["2", 4])
    fine = fractional({"$flagd": {"flagKey": "flag é"}, "targetingKey": key}, *[[str(i), 1] for i in range(7)])
    row("flagd-v3-cbor", key, "flag é", "weights=1/2/4", int(fine), int(arm))
    h = int(hashlib.md5(f"split é-{key}".encode()).hexdigest()[:8], 16) % 10000
    row("eppo", key, "split é", "ranges=0-1/1-2500/2500-10000", h, first(h, [1, 2500, 10000]))
    if max(map(ord, key)) < 0x10000:
        h = abs(legacy_hash(key, 123456)) % 100 + 1
        row("split-legacy", key, "123456", "size=1/49/50", h, first(h - 1, [1, 50, 100]))
    h = murmur32_py(key, -123456 & 0xFFFFFFFF) % 100 + 1
    row("split-murmur", key, "-123456", "size=1/49/50", h, first(h - 1, [1, 50, 100]))
    u = _hash("flag é", key)
    row("posthog-rollout", key, "flag é", "rollout=33.3", u, int(not u > 0.333))
    u = _hash("flag é", key, "variant")
    row("posthog-variant", key, "flag é+variant", "10/40/50", u, first(u, [0.1, 0.5, 2]))
    h = zlib.crc32(("feature é" + key).encode()) % 100000
    row("flipper", key, "feature é", "percentage=37.5", h, int(h < 37500))
    h = int.from_bytes(hashlib.md5(("&salt é" + key).encode()).digest()[12:], "big", signed=True)
    row("proctor-amp-salt", key, "&salt é", "lengths=0.1/0.4/0.5", h,
        first(h - 1, [int(-2**31 + 0.1 * 4294967295), int(-2**31 + 0.5 * 4294967295), 2**31]))
