/** One line of the start's own report, told apart from what the children print. */
export function say(message: string): void {
  console.log(`[millrace] ${message}`);
}

export function complain(message: string): void {
  console.error(`[millrace] ${message}`);
}
