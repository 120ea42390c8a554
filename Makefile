# One command does all set-up and runs the main job; another passes the tests.
#   make demo      set-up, release build, both pipelines on real data, an HTML report in demo-out/
#   make test      set-up, every test (release build: simulations need it)
#   make bench     main jobs timed beside DuckDB, Polars, pandas and tea-tasting, into Benchmarks/RESULTS.md
#   make bench-linear   analyze of 1 to 100 million rows beside reading their bytes (4 GB of disk), into Benchmarks/linear.md
#   make bench-kernels  kernels timed beside scipy, pyfixest, lifelines and lifetimes, ratios printed
#   make calibrate error rates of every procedure over 20,000 simulated experiments, into Datasets/CALIBRATION.md
#   make fuzz      random inputs for ten minutes: the notation, kernels, every way to scan a table, Python's csv module, strtod
#   make sanitize  the library's tests under the address and the thread sanitizer
#   make docs      DocC archive of the library in docs-out/
#   make install   the binary into $(PREFIX)/bin
#   make lint      format check, as the CI does

PREFIX ?= /usr/local
SWIFT_BUILD = swift build -c release --static-swift-stdlib --product verdict
VERDICT = .build/release/verdict
DOCUMENTED = Verdict Basics LinearAlgebra Statistics Tables Allocation Workflow Experiments Cohorts Deployment Engines Reports

.PHONY: all demo test bench bench-linear bench-kernels calibrate fuzz sanitize docs install lint format setup build clean

all: build

setup:
	@Scripts/setup.sh

build: setup
	@$(SWIFT_BUILD)

demo: build
	@$(VERDICT) demo -o demo-out

test: setup
	@swift build -c release --build-tests --scratch-path .build-test
	@swift test -c release --skip-build --parallel --scratch-path .build-test

BENCH_ROWS ?= 1000000
bench: build
	@Benchmarks/run.sh $(VERDICT) $(BENCH_ROWS) --peers

bench-linear: build
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	  awk -v rows=1000000 -f Benchmarks/units.awk > "$$folder/units.csv" && \
	  python3 Benchmarks/linear.py $(VERDICT) "$$folder/units.csv" "$$folder"

bench-kernels: build
	@Benchmarks/kernels/run.sh $(VERDICT)

CALIBRATE_RUNS ?= 20000
calibrate: build
	@$(VERDICT) kernels calibrate --runs $(CALIBRATE_RUNS) > .build/calibration.md
	@Scripts/calibration.sh $(CALIBRATE_RUNS) .build/calibration.md > Datasets/CALIBRATION.md

# The tests of random inputs, longer: each goes on for FUZZ_SECONDS, all at once.
FUZZ_SECONDS ?= 600
FUZZ_FILES ?= 100000
FUZZED = NotationFuzz|KernelInputFuzz|damagedModels|DifferentialTests|DecimalTests|PythonCSVTests
fuzz: setup
	@swift build -c release --build-tests --scratch-path .build-test
	@python3 Tests/TablesTests/Fixtures/make_csv_cases.py $(FUZZ_FILES) > .build-test/csv-cases.jsonl
	@VERDICT_FUZZ_SECONDS=$(FUZZ_SECONDS) VERDICT_DECIMALS=10000000 VERDICT_CSV_CASES=$$PWD/.build-test/csv-cases.jsonl \
	  swift test -c release --skip-build --parallel --scratch-path .build-test --filter '$(FUZZED)'

# The command's own tests start the program, which is built without sanitizers; the notebooks' do too.
SANITIZED = ^(Allocation|Basics|Cohorts|Engines|Experiments|Hashing|LinearAlgebra|Pipelines|Processes|Statistics|Tables|Workflow)Tests
sanitize: setup
	@swift build -c release --build-tests --sanitize=address --scratch-path .build-address
	@ASAN_OPTIONS=detect_leaks=0 swift test -c release --skip-build --sanitize=address --scratch-path .build-address \
	  --filter '$(SANITIZED)'
	@swift build -c release --build-tests --sanitize=thread --scratch-path .build-thread
	@TSAN_OPTIONS=suppressions=$$PWD/Scripts/thread-sanitizer.txt swift test -c release --skip-build --sanitize=thread \
	  --scratch-path .build-thread --filter '$(SANITIZED)'

docs: setup
	@WITH_DOCC=1 swift package --scratch-path .build-docs --allow-writing-to-directory docs-out \
	  generate-documentation $(addprefix --target ,$(DOCUMENTED)) --enable-experimental-combined-documentation \
	  --output-path docs-out --transform-for-static-hosting

install: build
	@install -d "$(DESTDIR)$(PREFIX)/bin"
	@install -m 755 -s $(VERDICT) "$(DESTDIR)$(PREFIX)/bin/verdict"
	@echo "installed $(DESTDIR)$(PREFIX)/bin/verdict"

lint:
	@swift format lint --strict --recursive Package.swift Sources Tests

format:
	@swift format --in-place --recursive Package.swift Sources Tests

clean:
	@rm -rf .build .build-test .build-docs demo-out docs-out
