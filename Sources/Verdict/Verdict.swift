/// Verdict, a statistical experimentation toolkit: one import for the whole library.
///
/// Read downwards, in the order of the data: `Tables` and `Engines` turn CSV into `Moments`; `Statistics` turns moments into
/// tests and intervals; `Experiments` turns those into an `Analysis` with its decision; `Deployment` turns a decision into a
/// flag file; `Cohorts` turns an event log into retention and lifetime value; `Workflow` runs it all by a model; `Reports`
/// shows the results.
@_exported import Allocation
@_exported import Basics
@_exported import Cohorts
@_exported import Deployment
@_exported import Engines
@_exported import Experiments
@_exported import Interchange
@_exported import LinearAlgebra
@_exported import Processes
@_exported import Reports
@_exported import Statistics
@_exported import Tables
@_exported import Workflow
