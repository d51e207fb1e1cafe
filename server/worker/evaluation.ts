import { evaluateTemplate, type EvaluateResult } from "@/server/expressions/evaluate";
import type { ExpressionScope } from "@/server/expressions/references";
import type { ExpressionSandbox } from "@/server/expressions/sandbox-port";
import type { Template } from "@/server/worker/compiled-workflow";
import { scopeFor, type RunScopeSource, type Site } from "@/server/worker/scope";
import { expressionFailure, StepFailure } from "@/server/worker/step-failure";

/**
 * Evaluates the templates of one run. Answers at once when nothing has to be loaded and no sandbox is needed, which is the
 * common case; throws (or rejects with) a `StepFailure` that names the field.
 */
export class Evaluator {
  constructor(
    private readonly runId: string,
    private readonly source: RunScopeSource,
    private readonly sandbox: ExpressionSandbox,
    private readonly workspaceId: string,
  ) {}

  evaluate(template: Template, site: Site): unknown {
    const { result, field } = template;
    if (!result.ok) throw templateFailure(template);
    if (result.template.isConstant) return result.template.assemble([]);
    const scope = scopeFor(this.source, result.template.references, site);
    if (scope instanceof Promise) return scope.then((loaded) => this.#finish(template, loaded, site));
    const outcome = this.#run(template, scope, site);
    return outcome instanceof Promise ? outcome.then((settled) => valueOf(settled, field)) : valueOf(outcome, field);
  }

  async #finish(template: Template, scope: ExpressionScope, site: Site): Promise<unknown> {
    return valueOf(await this.#run(template, scope, site), template.field);
  }

  #run(template: Template, scope: ExpressionScope, site: Site): EvaluateResult | Promise<EvaluateResult> {
    if (!template.result.ok) throw templateFailure(template);
    const seed = `${this.runId} ${site.path} ${site.attempt} ${template.field}`;
    return evaluateTemplate(template.result.template, scope, { sandbox: this.sandbox, owner: this.workspaceId, seed, nowMs: site.now });
  }
}

function valueOf(outcome: EvaluateResult, field: string): unknown {
  if (!outcome.ok) throw expressionFailure(outcome.error, field);
  return outcome.value;
}

function templateFailure({ result, field }: Template): StepFailure {
  const problem = result.ok ? undefined : result.problems[0];
  return new StepFailure({ code: "expression_error", message: problem?.message ?? "the template cannot be read", field: field + (problem?.path ?? "") });
}
