import { ChildWorkflowFailedError, workflow } from '@marathon/workflow';

export interface DeliveryActivities {
  drive(to: { readonly address: string }): Promise<{ readonly signedBy: string }>;
}

/** One parcel, with a history of its own: it can be looked at, signaled and canceled by itself. */
export const delivery = workflow('delivery', async (ctx, { address }: { readonly address: string }) => {
  const { drive } = ctx.activities<DeliveryActivities>({ startToCloseTimeout: '8h', retry: { attemptsMax: 3 } });
  return (await drive({ address })).signedBy;
});

export interface Outcome {
  readonly address: string;
  /** Missing where the parcel came back. */
  readonly signedBy?: string;
}

/** All parcels of a tour at once. One that cannot be delivered does not hold up the others. */
export const tour = workflow('tour', async (ctx, { addresses }: { readonly addresses: readonly string[] }) => {
  const deliver = async (address: string): Promise<Outcome> => {
    const child = await ctx.startChild(delivery, { workflowId: `${ctx.workflowId}/${address}`, input: { address } });
    try {
      return { address, signedBy: await child.result() };
    } catch (error) {
      if (!(error instanceof ChildWorkflowFailedError)) throw error;
      return { address };
    }
  };
  return Promise.all(addresses.map(deliver));
});
