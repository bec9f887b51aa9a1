/** Something that a checker does not like. */
export interface Finding {
  readonly checker: string;
  /** Which of the manifests: a stack's name, or "control-plane". */
  readonly manifest: string;
  /** The checker's own name for the rule. */
  readonly check: string;
  readonly object: string;
  readonly severity: "critical" | "warning";
  readonly message: string;
}

/** What a checker says about one manifest. */
export interface Report {
  readonly objects: number;
  /** How many times a rule was held against an object. */
  readonly checks: number;
  readonly findings: readonly Finding[];
}
