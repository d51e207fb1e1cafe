import fs from "node:fs";
import path from "node:path";
import type { Reporter, SerializedError, TestModule, TestSuite } from "vitest/node";

/** What the reporter writes, and `countVitest` reads. Vitest's own JSON has stacks only, which do not say what a poll waited for. */
export interface VitestReport {
  readonly tests: readonly { readonly file: string; readonly name: string; readonly state: "passed" | "failed" | "skipped" | "pending"; readonly reason?: string }[];
  /** Of files that do not load and of hooks. */
  readonly errors: readonly { readonly file: string; readonly reason: string }[];
}

/** `VITEST_REPORT` names the file. */
export default class ReportWriter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const report: VitestReport = {
      tests: modules.flatMap((module) =>
        [...module.children.allTests()].map((test) => {
          const { state, errors } = test.result();
          return { file: module.relativeModuleId, name: test.fullName, state, ...(errors?.[0] && { reason: reasonOf(errors[0]) }) };
        })),
      errors: [
        ...modules.flatMap((module) => [module, ...module.children.allSuites()].flatMap((part: TestModule | TestSuite) => part.errors().map((error) => ({ file: module.relativeModuleId, reason: reasonOf(error) })))),
        ...unhandled.map((error) => ({ file: "outside of the tests", reason: reasonOf(error) })),
      ],
    };
    fs.writeFileSync(process.env.VITEST_REPORT!, JSON.stringify(report));
  }
}

/** The first line of the message and the place: a poll's message does not say which of a test's polls it was. */
function reasonOf({ message, stacks }: SerializedError): string {
  const line = message.split("\n").find((one) => one.trim() !== "") ?? "no message";
  const place = stacks?.[0];
  return place === undefined ? line.trim() : `${line.trim()} (${path.basename(place.file)}:${place.line})`;
}
