/** How a command ended, for scripts. */
export const EXIT = { succeeded: 0, failed: 1, badInput: 2, cancelled: 3, connection: 4 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command with a message for the person and a code for the script. */
export class CommandError extends Error {
  override name = "CommandError";

  constructor(
    readonly exitCode: ExitCode,
    message: string,
  ) {
    super(message);
  }
}
