const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const HALF = 5;

/** An id of a key as the figures that a request id remembers: two, for one would not hold it. */
export function numbersOf(id: string): readonly number[] {
  return [numberOf(id.slice(0, HALF)), numberOf(id.slice(HALF))];
}

/** The id that such figures are. */
export function idOf([high = 0, low = 0]: readonly number[]): string {
  return textOf(high) + textOf(low);
}

/** The ids that so many figures are. */
export function idsOf(numbers: readonly number[]): readonly string[] {
  const firsts = numbers.map((_, index) => index).filter((index) => index % 2 === 0);
  return firsts.map((index) => idOf(numbers.slice(index, index + 2)));
}

function numberOf(text: string): number {
  return text.split("").reduce((number, letter) => number * 62 + LETTERS.indexOf(letter), 0);
}

function textOf(number: number): string {
  let rest = number;
  let text = "";
  for (let n = 0; n < HALF; n += 1) {
    text = `${LETTERS[rest % 62]}${text}`;
    rest = Math.floor(rest / 62);
  }
  return text;
}
