/** Numbers that look random and depend on nothing but the seed and the words given: model and simulator throw the same dice. */
export class Dice {
  constructor(private readonly seed: number) {}

  /** In [0, 1). */
  roll(...words: (string | number)[]): number {
    return mix(hash(words.join("\u0001"), this.seed)) / 0x1_0000_0000;
  }

  chance(probability: number, ...words: (string | number)[]): boolean {
    return this.roll(...words) < probability;
  }

  /** From `min` to `max`, both possible. */
  between(min: number, max: number, ...words: (string | number)[]): number {
    return min + Math.floor(this.roll(...words) * (max - min + 1));
  }
}

/** A stream of such numbers, for choices that have no name. */
export class DiceStream {
  private count = 0;
  private readonly dice: Dice;

  constructor(seed: number) {
    this.dice = new Dice(seed);
  }

  chance(probability: number): boolean {
    return this.dice.chance(probability, this.count++);
  }

  below(limit: number): number {
    return Math.floor(this.dice.roll(this.count++) * limit);
  }
}

function hash(text: string, seed: number): number {
  let value = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return value;
}

/** Final mix of MurmurHash3: neighbouring inputs give unrelated outputs. */
function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
