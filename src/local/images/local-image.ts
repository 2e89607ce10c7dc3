/** Where one replica of an image runs, and whom it tells. */
export interface ImageStart {
  /** An address of this machine that no other replica has, where the pool allows it. */
  readonly address: string
  /** What the manifest says that it listens on; empty where it says nothing. */
  readonly ports: readonly number[]
  /** Name of the pod, as a container finds it in its host name. */
  readonly hostName: string
  /** Variables of the manifest, with the pod's own fields where it refers to them. */
  readonly environment: Readonly<Record<string, string>>
  /** The content of a file that the manifest mounts; fails where nothing is mounted. */
  readonly readFile: (path: string) => string
  readonly now: () => number
  /** Takes one line of its log. */
  readonly log: (line: string) => void
}

/** A replica that listens. */
export interface RunningImage {
  /** Where each port is served: at the same number, unless that one could not be had. */
  readonly ports: ReadonlyMap<number, number>
  /** Resolves with the reason when it ends by itself; never otherwise. */
  readonly ended: Promise<string>
  close(): Promise<void>
}

/** What is run on this machine for a container image. */
export interface LocalImage {
  start(options: ImageStart): Promise<RunningImage>
}

/** Finds what stands in for an image; undefined for one that nobody knows. */
export type FindImage = (image: string) => LocalImage | undefined
