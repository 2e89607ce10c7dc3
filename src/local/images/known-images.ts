import { echoServer } from './echo-server.ts'
import type { FindImage, LocalImage } from './local-image.ts'
import { modelFailover } from './model-failover.ts'

/** Loads what serves HTTP/2 and TLS only where it is to be started. */
const echoBasic: LocalImage = {
  async start(options) {
    const { startEchoBasic } = await import('./echo-basic/start-echo-basic.ts')
    return startEchoBasic(options)
  },
}

/** By the last part of the image's name, without tag and digest. */
const knownImages: Readonly<Record<string, LocalImage>> = {
  echo: echoServer,
  'echo-basic': echoBasic,
  'echo-server': echoServer,
  'model-failover': modelFailover,
}

/** The images that Sluice brings a stand-in for, whatever registry they come from. */
export const findKnownImage: FindImage = (image) => {
  const name = nameOf(image).split('/').at(-1) ?? ''
  return Object.hasOwn(knownImages, name) ? knownImages[name] : undefined
}

/** An image without tag and digest: a colon behind the last slash begins a tag. */
export function nameOf(image: string): string {
  const [withoutDigest = ''] = image.split('@')
  const slash = withoutDigest.lastIndexOf('/')
  const colon = withoutDigest.indexOf(':', slash + 1)
  return colon === -1 ? withoutDigest : withoutDigest.slice(0, colon)
}
