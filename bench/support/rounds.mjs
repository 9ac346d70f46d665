import { median } from "./numbers.mjs";

/**
 * Measures every side once a round, the order reversed from one round to the next, so that what
 * else the machine does meets all of them. Resolves with the results of each side, in rounds;
 * the first is the last one when it is `late`.
 */
export async function interleave(rounds, sides, { progress, late } = {}) {
  const results = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    if (round > 0 && late?.()) break;
    progress?.(`round ${round + 1} of ${rounds}`);
    const order = round % 2 === 0 ? Object.keys(sides) : Object.keys(sides).toReversed();
    for (const name of order) results[name].push(await sides[name]());
  }
  return results;
}

const KINDS = {
  absolute: (ours) => ours,
  difference: (ours, floor) => ours - floor,
  ratio: (ours, floor) => ours / floor,
};

/**
 * A line of the report. `ours` and `floor` are the results of the rounds; what counts is the
 * median of what each round compares, or with `worst` the worst round. `better` says whether more or less of it is wanted. Without
 * a floor, say why in `missing`; what must not have happened is `failed`.
 */
export function figure(measured) {
  const { kind, better, worst, failed, ours, floor, aim, accepted, missing, ...rest } = measured;
  const rounds =
    floor === undefined && kind !== "absolute"
      ? []
      : ours.map((value, round) => KINDS[kind](value, floor?.[round]));
  const value = rounds.length === 0 ? undefined : worst ? worstOf(rounds, better) : median(rounds);
  const reaches = (limit) => (better === "more" ? value >= limit : value <= limit);
  return {
    ...rest,
    kind,
    better,
    ...(ours.length > 0 && { ours: median(ours) }),
    ...(floor && { floor: median(floor) }),
    ...(value !== undefined && {
      value,
      spread: [Math.min(...rounds), Math.max(...rounds)],
      ok: reaches(accepted) && failed !== true,
      aimed: reaches(aim),
    }),
    ...(missing && { missing }),
    aim,
    accepted,
    rounds: rounds.length,
  };
}

function worstOf(rounds, better) {
  return better === "more" ? Math.min(...rounds) : Math.max(...rounds);
}
