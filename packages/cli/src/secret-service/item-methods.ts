import { itemAt } from "./house.ts";
import type { Method } from "./house.ts";
import { secretOf } from "./secrets.ts";
import type { Travelling } from "./sessions.ts";

/** What an item can. */
export const ITEM_METHODS: { readonly [member: string]: Method } = {
  Delete: {
    in: "",
    out: "o",
    run: async ({ house, place }) => {
      await house.keeper.deleteItem(itemAt(await house.view.look(), place));
      return ["/"];
    },
  },
  GetSecret: {
    in: "o",
    out: "(oayays)",
    run: async ({ args, house, place, sender }) => {
      const [session] = args as [string];
      house.sessions.check(sender, session);
      return [await secretOf(house, sender, session, itemAt(await house.view.look(), place))];
    },
  },
  SetSecret: {
    in: "(oayays)",
    out: "",
    run: async ({ args, house, place, sender }) => {
      const [secret] = args as [Travelling];
      const value = house.sessions.receive(sender, secret);
      const item = itemAt(await house.view.look(), place);
      await house.keeper.setContent(item, { value, contentType: secret[3] });
      return [];
    },
  },
};
