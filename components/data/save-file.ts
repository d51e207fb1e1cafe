/** Lets the browser keep what an address gives as a file. The page stays, also when it is refused. */
export function saveFile(address: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = "";
  link.click();
}
