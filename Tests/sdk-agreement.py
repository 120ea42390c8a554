"""Run by sdk-agreement.sh: the platforms' own SDKs against `verdict deploy` and `verdict assign`."""
import csv, importlib, json, logging, os, random, shlex, subprocess, sys

logging.disable(logging.CRITICAL)
verdict, work = sys.argv[1:3]
random.seed(20261123)
ASCII = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:|/@+ %'\"\\,"
WIDE = "éèüñßøżИванドキュメント用户한국어العربية🙂🚀𝒜\u0301\u200d\u00a0"


def text(alphabet, longest):
    return "".join(random.choices(alphabet, k=random.randint(1, longest))).strip() or "x"


def ids(count):
    made = [f"user-{i}" for i in range(count // 4)] + [f"{i:x}-{random.getrandbits(64):x}" for i in range(count // 4)]
    made += [text(ASCII, 40) for _ in range(count // 4)] + ["x" * 1000, "é", "e\u0301", "🙂", "0", "-1", "1.0", "true"]
    made += [text(ASCII + WIDE * 3, 40) for _ in range(count)]
    return list(dict.fromkeys(made))[:count]


IDS = ids(10_000)
failed = passed = 0


def table(name, keys):
    path = f"{work}/{name}.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(["user_id"])
        writer.writerows([key] for key in keys)
    return path


def assigned(path, *options):
    subprocess.run([verdict, "assign", path, *options, "-o", f"{work}/out.csv"], check=True, stderr=subprocess.DEVNULL)
    with open(f"{work}/out.csv", newline="", encoding="utf-8") as file:
        return [row["variant"] for row in csv.DictReader(file)]


def report(what, got, expected):
    global failed, passed
    wrong = sum(a != b for a, b in zip(got, expected)) + abs(len(got) - len(expected))
    failed, passed = failed + (wrong > 0), passed + (wrong == 0)
    print(f"{'ok    ' if wrong == 0 else 'FAILED'}  {what:44} {len(expected)} ids, {wrong} different", flush=True)
    if wrong:
        index = next(i for i, (a, b) in enumerate(zip(got, expected)) if a != b)
        print(f"        first: {ascii(all_ids[index][:60])}: SDK {got[index]!r}, verdict {expected[index]!r}")


def missing(what, name):
    try:
        importlib.import_module(name)
        return False
    except ImportError:
        print(f"SKIPPED {what}: {name} is not installed")
        return True


# ---- What each SDK serves by a file: winner or control, by id ----

def growthbook(document, flag):
    from growthbook import GrowthBook
    names = {"new": "treatment", "old": "control"}
    return lambda key: names[GrowthBook(attributes={"id": key}, features=document["features"]).get_feature_value(flag, "old")]


def flagd(document, flag):
    from openfeature.contrib.tools.flagd.core import FlagdCore
    from openfeature.evaluation_context import EvaluationContext
    core = FlagdCore()
    core.set_flags(json.dumps(document))
    return lambda key: core.resolve_string_value(flag, "", EvaluationContext(targeting_key=key)).variant


def flagd2(document, flag):
    """The evaluator of generation 2 has the same name, so it runs in a process of its own."""
    program = """if True:
        import json, sys
        from openfeature.contrib.tools.flagd.core import FlagdCore
        from openfeature.evaluation_context import EvaluationContext
        document, flag, keys = json.load(sys.stdin)
        core = FlagdCore()
        core.set_flags(json.dumps(document))
        json.dump([core.resolve_string_value(flag, "", EvaluationContext(targeting_key=key)).variant for key in keys], sys.stdout)
    """
    out = subprocess.run([sys.executable, "-c", program], input=json.dumps([document, flag, IDS]), check=True,
                         capture_output=True, text=True, env=os.environ | {"PYTHONPATH": f"{work}/flagd-2"}).stdout
    return dict(zip(IDS, json.loads(out))).get


def unleash(document, flag):
    from yggdrasil_engine.engine import UnleashEngine
    engine = UnleashEngine()
    engine.take_state(json.dumps(document))

    def served(key):
        context = {"userId": key}
        return engine.get_variant(flag, context).variant.name if engine.is_enabled(flag, context).is_enabled else "control"
    return served


def unleash_export(document, flag):
    """The admin interface is a service; here the export's strategy is put back into what SDKs fetch."""
    strategies = [s for s in document["featureStrategies"] if s["featureName"] == flag]
    enabled = next(e["enabled"] for e in document["featureEnvironments"] if e["featureName"] == flag)
    return unleash({"version": 2, "features": [{"name": flag, "enabled": enabled, "strategies": strategies}]}, flag)


def launchdarkly(document, flag):
    import ldclient
    from ldclient.config import Config
    from ldclient.integrations import Files
    path = f"{work}/ld.json"
    json.dump(document, open(path, "w"))
    client = ldclient.LDClient(Config("sdk", update_processor_class=Files.new_data_source(paths=[path]), send_events=False))
    names = {"new": "treatment", "old": "control"}
    return lambda key: names[client.variation(flag, ldclient.Context.create(key), "")]


def eppo(document, flag):
    import eppo_client
    from eppo_client.config import AssignmentLogger, Config
    configuration = eppo_client.Configuration(flags_configuration=json.dumps(document).encode())
    client = eppo_client.init(Config(
        api_key="x", base_url="http://127.0.0.1:9", assignment_logger=AssignmentLogger(), poll_interval_seconds=None,
        initial_configuration=configuration))
    names = {"new": "treatment", "old": "control"}
    return lambda key: names[client.get_string_assignment(flag, key, {}, "")]


SPEC = """version: 1
name: checkout
variants:
  control: { value: old }
  treatment: { value: new }
control: control
data: { files: [none.csv], unit: user_id }
metrics: ["conversion = proportion(converted)"]
rollout: { flag: one-page, stages: [{ share: 1% }, { share: 37% }, { share: 99% }, { share: 100% }] }
"""
with open(f"{work}/experiment.yaml", "w") as file:
    file.write(SPEC)
all_ids = IDS
users = table("users", IDS)

TARGETS = [
    ("growthbook", growthbook, "growthbook"), ("flagd", flagd2, "openfeature.contrib.tools.flagd.core"),
    ("flagd-3", flagd, "openfeature.contrib.tools.flagd.core"),
    ("unleash", unleash, "yggdrasil_engine"), ("unleash-export", unleash_export, "yggdrasil_engine"),
    ("launchdarkly", launchdarkly, "ldclient"), ("eppo", eppo, "eppo_client"),
]
for target, load, module in TARGETS:
    if missing(target, module) or target == "flagd" and not os.path.isdir(f"{work}/flagd-2"):
        continue
    for stage in (1, 2, 3, 4):
        deployed = subprocess.run(
            [verdict, "deploy", "--spec", f"{work}/experiment.yaml", "--variant", "treatment", "--stage", str(stage),
             "--target", target], check=True, capture_output=True, text=True, encoding="utf-8")
        served = load(json.loads(deployed.stdout), "one-page")
        line = next((l for l in deployed.stderr.splitlines() if "the same users by: " in l), None)
        if line is None:
            expected = ["treatment"] * len(IDS)
        else:
            command = shlex.split(line.split("the same users by: ")[1])
            expected = assigned(users, *command[command.index("FILE") + 1:])
        report(f"{target}, stage {stage}", [served(key) for key in IDS], expected)

# ---- Every scheme whose platform has an SDK, on ids that no vector has ----


def cut(value, ends, names="abc"):
    return next((name for name, end in zip(names, ends) if value < end), "")


def draws():
    if not missing("growthbook", "growthbook"):
        from growthbook.core import chooseVariation, gbhash, getBucketRanges, inNamespace
        for version in (1, 2):
            for salt, coverage in (("pricing", 1), ("prix é🙂", 0.35)):
                ranges = getBucketRanges(3, coverage, [0.2, 0.3, 0.5])
                yield (f"growthbook/{version}-utf16", salt, "a=0.2,b=0.3,c=0.5", coverage,
                       lambda key: "abc"[n] if (n := chooseVariation(gbhash(salt, key, version), ranges)) >= 0 else "")
        yield ("growthbook/1-namespace", "ns é", "a=75,b=25", 1, lambda key: "ab"[inNamespace(key, ["ns é", 0, 0.25])])
    if not missing("optimizely", "optimizely"):
        from optimizely.bucketer import Bucketer
        bucket = Bucketer()._generate_bucket_value
        yield ("optimizely/1", "20261123", "a=1,b=4900,c=5099", 1,
               lambda key: cut(bucket(key + "20261123"), (1, 4901, 10_000)))
    if not missing("unleash", "UnleashClient"):
        from UnleashClient.utils import normalized_hash
        yield ("unleash/1", "grupo ñ", "a=1,b=399,c=600", 1,
               lambda key: cut(normalized_hash(key, "grupo ñ", 1000, 86028157) - 1, (1, 400, 1000)))
        yield ("unleash/1-rollout", "grupo ñ", "a=63,b=37", 1, lambda key: "ab"[normalized_hash(key, "grupo ñ", 100) <= 37])
    if not missing("launchdarkly", "ldclient"):
        from ldclient.context import Context
        from ldclient.impl.evaluator_common import _bucket_context
        for scheme, salt, seed in (("launchdarkly/1", "flag é.5f3c", None), ("launchdarkly/1-seed", "-17", -17)):
            yield (scheme, salt, "a=12345,b=50000,c=37655", 1, lambda key: cut(
                _bucket_context(seed, Context.create(key), "user", "flag é", "5f3c", None), (0.12345, 0.62345, 2)))
    if not missing("statsig", "statsig"):
        from statsig.evaluator import sha256_hash
        yield ("statsig/1", "spec é.rule", "a=66.7,b=33.3", 1, lambda key: "ab"[sha256_hash("spec é.rule." + key) % 10_000 < 33.3 * 100])
    if not missing("flagd", "openfeature.contrib.tools.flagd.core"):
        from openfeature.contrib.tools.flagd.core.targeting.custom_ops import fractional
        yield ("flagd/3-shorthand", "flag é", "a=1,b=2,c=4", 1, lambda key: fractional(
            {"$flagd": {"flagKey": "flag é"}, "targetingKey": key}, ["a", 1], ["b", 2], ["c", 4]))
        yield ("flagd/3", "salt é", "a=1,b=2,c=4", 1, lambda key: fractional(
            {"$flagd": {"flagKey": "f"}, "targetingKey": key}, "salt é" + key, ["a", 1], ["b", 2], ["c", 4]))
    if not missing("split", "splitio"):
        from splitio.engine.hashfns.legacy import legacy_hash
        from splitio.engine.hashfns.murmur3py import murmur32_py
        yield ("split/2", "-123456", "a=1,b=49,c=50", 1,
               lambda key: cut(murmur32_py(key, -123456 & 0xFFFFFFFF) % 100, (1, 50, 100)))
        yield ("split/1-codepoints", "123456", "a=1,b=49,c=50", 1,
               lambda key: cut(abs(legacy_hash(key, 123456)) % 100, (1, 50, 100)))
    if not missing("posthog", "posthog"):
        from posthog.feature_flags import _hash
        yield ("posthog/1", "flag é", "a=10,b=40,c=50", 1, lambda key: cut(_hash("flag é", key, "variant"), (0.1, 0.5, 2)))
        yield ("posthog/1-rollout", "flag é", "a=66.7,b=33.3", 1, lambda key: "ab"[_hash("flag é", key) <= 33.3 / 100])


def written():
    """Platforms without an SDK on PyPI, from their definitions."""
    import hashlib, zlib

    def fnv(data):
        h = 0x811C9DC5
        for byte in data:
            h = (h ^ byte) * 0x01000193 & 0xFFFFFFFF
        return h

    def murmur(data, seed=0):
        h, end = seed, len(data) & ~3
        for i in range(0, end, 4):
            k = int.from_bytes(data[i:i + 4], "little") * 0xCC9E2D51 & 0xFFFFFFFF
            k = ((k << 15 | k >> 17) & 0xFFFFFFFF) * 0x1B873593 & 0xFFFFFFFF
            h ^= k
            h = ((h << 13 | h >> 19) & 0xFFFFFFFF) * 5 + 0xE6546B64 & 0xFFFFFFFF
        if data[end:]:
            k = int.from_bytes(data[end:], "little") * 0xCC9E2D51 & 0xFFFFFFFF
            h ^= ((k << 15 | k >> 17) & 0xFFFFFFFF) * 0x1B873593 & 0xFFFFFFFF
        h ^= len(data)
        h = (h ^ h >> 16) * 0x85EBCA6B & 0xFFFFFFFF
        h = (h ^ h >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
        return h ^ h >> 16

    def sha(purpose, key):
        message = f"verdict/1|{purpose}|{len('sel é'.encode())}|sel é|{key}".encode()
        return int.from_bytes(hashlib.sha256(message).digest()[:5], "big") * 1_000_000 >> 40

    def magnitude(h):
        return abs(h - (1 << 32) if h >> 31 else h)

    utf8 = lambda key: key.encode()
    yield ("verdict/1", "sel é", "a=1,b=2,c=4", 0.3, lambda key: cut(
        sha("arm", key), (1_000_000 // 7, 3_000_000 // 7, 1_000_000)) if sha("enrol", key) < 300_000 else "")
    yield ("growthbook/1", "exp é", "a=1,b=1,c=2", 1, lambda key: cut(fnv(utf8(key + "exp é")) % 1000 / 1000, (0.25, 0.5, 1)))
    yield ("growthbook/2", "exp é", "a=1,b=1,c=2", 1, lambda key: cut(
        fnv(str(fnv(utf8("exp é" + key))).encode()) % 10_000 / 10_000, (0.25, 0.5, 1)))
    yield ("flagd/1", "f é", "a=1,b=2,c=5", 1, lambda key: cut(
        magnitude(murmur(utf8("f é" + key))) / 2147483647 * 100, (12.5, 37.5, 101)))
    yield ("flagd/2", "f é", "a=1,b=2,c=4", 1, lambda key: cut(murmur(utf8("f é" + key)) * 7 >> 32, (1, 3, 7)))
    yield ("eppo/1", "é", "a=1,b=2499,c=7500", 1, lambda key: cut(
        int(hashlib.md5(utf8("é-" + key)).hexdigest()[:8], 16) % 10_000, (1, 2500, 10_000)))
    yield ("statsig/1-bucket", "layer é", "a=1,b=499,c=500", 1, lambda key: cut(
        int.from_bytes(hashlib.sha256(utf8("layer é." + key)).digest()[:8], "big") % 1000, (1, 500, 1000)))
    for share in (37.5, 33.3, 0.7):
        yield ("flipper/1", "feature é", f"a={100 - share:.1f},b={share}", 1,
               lambda key: "ab"[zlib.crc32(utf8("feature é" + key)) % 100_000 < share * 1000])
    yield ("proctor/1", "&salt é", "a=0.1,b=0.4,c=0.5", 1, lambda key: cut(
        int.from_bytes(hashlib.md5(utf8("&salt é" + key)).digest()[12:], "big", signed=True) - 1,
        (int(-2**31 + 0.1 * 4294967295), int(-2**31 + 0.5 * 4294967295), 2**31)))


for kind, schemes in (("SDK", draws()), ("definition", written())):
    for scheme, salt, weights, coverage, draw in schemes:
        keys = IDS
        if scheme == "split/1-codepoints":
            keys = [key for key in IDS if max(map(ord, key)) < 0x10000]
        all_ids = keys
        expected = assigned(table("keys", keys), "--scheme", scheme, "--salt=" + salt, "--weights", weights,
                            "--coverage", str(coverage))
        report(f"{scheme} by {kind}, coverage {coverage}", [draw(key) for key in keys], expected)
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
