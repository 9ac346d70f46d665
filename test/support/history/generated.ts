import type { Request, Step } from "./event.ts";
import { effect, lookInto } from "./model.ts";
import type { Answer, Cell } from "./model.ts";
import { isChange } from "./operation.ts";
import type { RevisedOperation } from "./operation.ts";

/** A small history that is right, made by running the model at a random moment of each request. */
export function generate(random: () => number, count: number): RevisedOperation[] {
  const below = (limit: number): number => Math.floor(random() * limit);
  const asked = Array.from({ length: count }, (_, client) => {
    const begin = 2 + below(2 * count);
    const moment = begin + below(5);
    const end = moment + below(5);
    return {
      client,
      begin,
      moment,
      end,
      isLost: below(6) === 0,
      request: anyRequest(below, client),
    };
  });
  const names = new Map<string, Cell>();
  const first: RevisedOperation = {
    client: count,
    n: 0,
    request: { method: "vault/read", params: { names: NAMES } },
    invokedAt: 0,
    respondedAt: 1,
    answer: { kind: "values", values: NAMES.map(() => null) },
    revision: 0,
  };
  let current = 0;
  const operations = asked
    .toSorted((a, b) => a.moment - b.moment)
    .flatMap(({ client, begin, end, isLost, request }): RevisedOperation[] => {
      const begun = { client, n: 0, request, invokedAt: begin };
      if (isLost && !isChange(request)) return [];
      if (isLost && below(2) === 0) return [lost(begun)];
      const { answer, writes } = effect(lookInto(names), request);
      for (const { name, version, value } of writes) names.set(name, { version, value });
      if (isChange(request) && answer.kind !== "refused") current += 1;
      if (isLost) return [lost(begun)];
      const revision = answer.kind === "refused" ? undefined : current;
      return [{ ...begun, respondedAt: end, answer, revision }];
    });
  return [first, ...operations].toSorted((a, b) => a.invokedAt - b.invokedAt);
}

/** The same with one thing changed: an answer of somebody else, another version, another time. */
export function disturb(
  random: () => number,
  operations: readonly RevisedOperation[],
): RevisedOperation[] {
  const chosen = 1 + Math.floor(random() * (operations.length - 1));
  return operations.map((operation, index) => {
    if (index !== chosen || operation.answer === undefined) return operation;
    const { request, answer, respondedAt } = operation;
    const alike = operations.filter(
      (other) => other.answer && other.request.method === request.method,
    );
    const other = alike[Math.floor(random() * alike.length)]!.answer!;
    const kind = Math.floor(random() * 3);
    if (kind === 0) return { ...operation, respondedAt: respondedAt + 3 };
    return { ...operation, answer: kind === 1 && fits(answer, other) ? other : raised(answer) };
  });
}

const NAMES = ["a", "b"];

function anyRequest(below: (limit: number) => number, client: number): Request {
  const name = NAMES[below(2)]!;
  const value = `v${client}`;
  const expect = below(2) === 0 ? ({ absent: true } as const) : { version: below(3) };
  const operations: Step[] = [
    { op: "set", name: "a", value },
    { op: "set", name: "b", value },
  ];
  const requests: readonly Request[] = [
    { method: "secret/get", params: { name } },
    { method: "vault/read", params: { names: NAMES } },
    { method: "secret/set", params: { name, value } },
    { method: "secret/set", params: { name, value, expect } },
    { method: "secret/delete", params: { name } },
    { method: "vault/batch", params: { operations } },
  ];
  return requests[below(requests.length)]!;
}

function lost(
  begun: Pick<RevisedOperation, "client" | "invokedAt" | "n" | "request">,
): RevisedOperation {
  return { ...begun, respondedAt: Infinity, answer: undefined, revision: undefined };
}

function fits(one: Answer, other: Answer): boolean {
  if (one.kind === "values" && other.kind === "values")
    return one.values.length === other.values.length;
  if (one.kind === "versions" && other.kind === "versions") {
    return one.versions.length === other.versions.length;
  }
  return one.kind !== "values" && one.kind === other.kind;
}

function raised(answer: Answer): Answer {
  switch (answer.kind) {
    case "values": {
      const values = answer.values.map((cell) => cell && { ...cell, version: cell.version + 1 });
      return { kind: "values", values };
    }
    case "versions":
      return { kind: "versions", versions: answer.versions.map((version) => version + 1) };
    case "refused":
      return { ...answer, version: (answer.version ?? 0) + 1 };
  }
}
