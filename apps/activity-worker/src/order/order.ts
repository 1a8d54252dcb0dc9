/** What the activities of the example workflow `order` take and give. */
export interface Order {
  readonly orderId: string;
  readonly email: string;
  readonly items: readonly OrderItem[];
}

export interface OrderItem {
  readonly sku: string;
  readonly quantity: number;
  readonly unitPriceCents: number;
}

export interface Reservation {
  readonly reservationId: string;
  readonly totalCents: number;
}

export interface Charge {
  readonly orderId: string;
  readonly amountCents: number;
}

export interface Payment {
  readonly paymentId: string;
  readonly amountCents: number;
}

export interface ReceiptRequest {
  readonly orderId: string;
  readonly email: string;
  readonly paymentId: string;
  readonly amountCents: number;
}

export interface Receipt {
  readonly sentTo: string;
  readonly text: string;
}
