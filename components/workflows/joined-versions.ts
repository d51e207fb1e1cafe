interface Numbered {
  number: number;
}

/** Versions known from several answers, newest first. What later answers say of one stands. */
export function joinedVersions<Version extends Numbered>(...answers: (readonly Version[])[]): Version[] {
  const byNumber = new Map(answers.flat().map((version) => [version.number, version]));
  return [...byNumber.values()].sort((one, other) => other.number - one.number);
}

/** One is current: what earlier answers said of the others was true when they were given. */
export function withCurrent<Version extends { id: string; current: boolean }>(versions: readonly Version[], currentId: string | null): Version[] {
  return versions.map((version) => (version.current === (version.id === currentId) ? version : { ...version, current: version.id === currentId }));
}
