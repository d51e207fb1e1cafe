interface Numbered {
  number: number;
}

/** Versions known from several answers, newest first. What later answers say of one stands. */
export function joinedVersions<Version extends Numbered>(...answers: (readonly Version[])[]): Version[] {
  const byNumber = new Map(answers.flat().map((version) => [version.number, version]));
  return [...byNumber.values()].sort((one, other) => other.number - one.number);
}
