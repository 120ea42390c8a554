import ArgumentParser
import Basics

/// The root command.
struct VerdictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verdict",
    abstract: "Experiments from hypothesis to deployed winner, and users from signup cohort to projected value.",
    discussion: """
      EXAMPLES
        verdict design --metric 'conversion=proportion(converted)' --baseline 10% \\
          --lift 5%
        verdict analyze units.csv --metric \\
          'revenue=mean(revenue, covariates: pre_revenue)'
        verdict run experiment.yaml   the whole A/B workflow, durable
        verdict cohort events.csv --period week
        verdict assign users.csv --salt checkout-2026 \\
          --weights control=50,treatment=50

      EXIT CODES
        0 done · 1 the answer is no (a check failed, a guardrail was crossed)
        2 bad usage or input · 3 internal fault

      Shell completion: verdict --generate-completion-script bash|zsh|fish
      """,
    version: ToolVersion.current,
    groupedSubcommands: [
      CommandGroup(
        name: "Experiments",
        subcommands: [
          ProfileCommand.self, DesignCommand.self, AnalyzeCommand.self, AssignCommand.self, AuditCommand.self,
          BalanceCommand.self,
        ]),
      CommandGroup(
        name: "Durable runs",
        subcommands: [
          RunCommand.self, StatusCommand.self, ResumeCommand.self, ApproveCommand.self, HistoryCommand.self,
          VerifyCommand.self, DeployCommand.self, RollbackCommand.self,
        ]),
      CommandGroup(name: "Cohorts", subcommands: [CohortCommand.self]),
      CommandGroup(name: "Workflow models", subcommands: [FlowCommand.self]),
      CommandGroup(
        name: "Trust",
        subcommands: [
          KernelsCommand.self, NotebookCommand.self, DemoCommand.self, SpecCommand.self, DoctorCommand.self,
        ]),
    ])
}
