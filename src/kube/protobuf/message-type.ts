/**
 * How one field is encoded. A leading `?` marks fields whose zero is said on purpose; elsewhere a zero is how
 * Kubernetes writes an absent value. `status` is a part that clients cannot write where these objects are sent.
 */
export type FieldType =
  | 'string'
  | 'int'
  | '?int'
  | '?bool'
  | 'bool'
  | 'time'
  | 'intOrString'
  | 'status'
  | 'strings'
  | 'stringMap'
  | 'bytesMap'
  | { readonly message: MessageType }
  | { readonly messages: MessageType }

/** Fields of a message by number: name and type. */
export type MessageType = Readonly<Record<number, readonly [name: string, type: FieldType]>>
