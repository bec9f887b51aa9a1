import { GraphQLError, type ValidationContext, type ValueNode } from "graphql";
import type { Plugin } from "graphql-yoga";

/** What the variables of one request may be at most, all of them together. */
export interface VariableLimits {
  /** Lists and objects within each other. */
  readonly depth: number;

  /** Values, those of lists and objects among them. */
  readonly values: number;

  /** Characters of all texts and names. */
  readonly characters: number;
}

/** A user with posts and comments in one go is well within it; a body may hold four times as many characters. */
export const VARIABLE_LIMITS: VariableLimits = { depth: 12, values: 2000, characters: 64 * 1024 };

/** Refuses a request by its variables, before its document is looked at. */
export function boundedVariables(limits: VariableLimits = VARIABLE_LIMITS): Plugin {
  return {
    onParams({ params, setResult }) {
      const exceeded = exceededBy(params.variables, limits);
      if (!exceeded) return;
      const message = `the variables are too large: their ${NAMES[exceeded]} is over ${limits[exceeded]}`;
      setResult({ errors: [new GraphQLError(message, { extensions: { code: "VARIABLES_TOO_LARGE" } })] });
    },
  };
}

/** Refuses a document by the values in it, which may be as deep as variables; of their number its tokens are the limit. */
export function boundedValues({ depth: most }: Pick<VariableLimits, "depth"> = VARIABLE_LIMITS): Plugin {
  return {
    onValidate({ addValidationRule }) {
      addValidationRule((context: ValidationContext) => {
        let depth = 0;
        const nested = {
          enter: (node: ValueNode) => {
            if (depth < most) {
              depth++;
              return undefined;
            }
            const message = `the query is too large: the depth of a value is over ${most}`;
            context.reportError(
              new GraphQLError(message, { nodes: [node], extensions: { code: "QUERY_TOO_LARGE" } }),
            );
            return false;
          },
          leave: () => {
            depth--;
          },
        };
        return { ListValue: nested, ObjectValue: nested };
      });
    },
  };
}

const NAMES = { depth: "depth", values: "number of values", characters: "number of characters" } as const;

/** Which limit they exceed first. Without recursion: what is too deep must not get to the end of the stack. */
export function exceededBy(
  variables: unknown,
  limits: VariableLimits = VARIABLE_LIMITS,
): keyof VariableLimits | undefined {
  const open: (readonly [value: unknown, depth: number])[] = [[variables, 0]];
  let [values, characters] = [0, 0];
  for (let next = open.pop(); next; next = open.pop()) {
    const [value, depth] = next;
    if (typeof value === "string") characters += value.length;
    if (typeof value === "object" && value !== null) {
      if (depth > limits.depth) return "depth";
      for (const [name, child] of Object.entries(value)) {
        characters += Array.isArray(value) ? 0 : name.length;
        open.push([child, depth + 1]);
      }
      values += Object.keys(value).length;
    }
    if (values > limits.values) return "values";
    if (characters > limits.characters) return "characters";
  }
  return undefined;
}
