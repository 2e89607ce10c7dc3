import { describe, expect, test } from 'vitest'
import { ProtobufMessage } from '../openapi/protobuf-message.ts'
import { decodeProtobufObject, UnknownMessageTypeError } from './decode-protobuf-object.ts'

const message = () => new ProtobufMessage()

function envelope(apiVersion: string, kind: string, raw: ProtobufMessage): Buffer {
  const typeMeta = message().string(1, apiVersion).string(2, kind)
  return Buffer.concat([
    Buffer.from('k8s\0'),
    message().message(1, typeMeta).message(2, raw).encode(),
  ])
}

const metadata = message().string(1, 'a').message(11, message().string(1, 'app').string(2, 'x'))

describe('a protobuf body', () => {
  test('of a Secret holds its data in base64', () => {
    const raw = message()
      .message(1, metadata)
      .messages(2, [message().string(1, 'k').string(2, 'value'), message().string(1, 'empty')])
      .string(3, 'Opaque')
    expect(decodeProtobufObject(envelope('v1', 'Secret', raw))).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'a', labels: { app: 'x' } },
      data: { k: 'dmFsdWU=', empty: '' },
      type: 'Opaque',
    })
  })

  test('of a Service holds ports by number and by name', () => {
    const port = (name: string, target: ProtobufMessage) =>
      message().string(1, name).integer(3, 80).message(4, target)
    const spec = message().messages(1, [
      port('http', message().integer(2, 8080)),
      port('named', message().integer(1, 1).string(3, 'web')),
    ])
    const raw = message().message(1, metadata).message(2, spec).message(3, message())
    expect(decodeProtobufObject(envelope('v1', 'Service', raw))).toMatchObject({
      spec: {
        ports: [
          { name: 'http', port: 80, targetPort: 8080 },
          { name: 'named', port: 80, targetPort: 'web' },
        ],
      },
    })
  })

  test('of a kind that is not known is told apart', () => {
    expect(() => decodeProtobufObject(envelope('v1', 'Node', message()))).toThrow(
      UnknownMessageTypeError,
    )
  })

  test('with a field that is not known is refused', () => {
    const raw = message().string(99, 'x')
    expect(() => decodeProtobufObject(envelope('v1', 'Secret', raw))).toThrow(/field 99/)
  })

  test('that is cut anywhere is refused', () => {
    const whole = envelope('v1', 'Secret', message().message(1, metadata).string(3, 'Opaque'))
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => decodeProtobufObject(whole.subarray(0, length))).toThrow()
    }
  })
})
