import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { KubeClient } from '../harness/kube-client.ts'
import { type CommandRun, runCommand } from '../harness/shell/run-command.ts'
import { type SluiceOptions, type SluiceProcess, startSluice } from '../harness/sluice-process.ts'

/** A Sluice whose local workloads the stock kubectl drives. */
export interface WorkloadBench {
  readonly sluice: SluiceProcess
  readonly kube: KubeClient
  /** Fails when kubectl does; the answer is standard output. */
  kubectl(command: string): Promise<string>
  run(command: string): Promise<CommandRun>
  /** Starts kubectl without waiting for it. */
  start(command: string): ChildProcess
  apply(yaml: string): Promise<string>
  close(): Promise<void>
}

export async function openWorkloadBench(options: SluiceOptions): Promise<WorkloadBench> {
  const sluice = await startSluice(options)
  const environment = { KUBECONFIG: sluice.kubeconfig, HOME: sluice.folder }
  const run = (command: string) => runCommand(['kubectl', ...command.split(' ')], { environment })
  const kubectl = async (command: string) => {
    const { code, stdout, stderr } = await run(command)
    if (code !== 0) throw new Error(`kubectl ${command} ended with ${code}: ${stdout}${stderr}`)
    return stdout
  }
  let files = 0
  return {
    ...{ sluice, run, kubectl, kube: new KubeClient(sluice) },
    start: (command) =>
      spawn('kubectl', command.split(' '), {
        env: { ...process.env, ...environment },
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    async apply(yaml) {
      const file = join(sluice.folder, `manifest-${files++}.yaml`)
      writeFileSync(file, yaml)
      return kubectl(`apply -f ${file}`)
    },
    close: () => sluice.stop().then(() => undefined),
  }
}

/** A Deployment with one container, and the Service in front of it. */
export const deploymentYaml = (
  name: string,
  image: string,
  { replicas = 1, spec = '', version = 'one' } = {},
) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, labels: { app: ${name} } }
spec:
  replicas: ${replicas}
  ${spec}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name}, version: ${version} } }
    spec:
      containers:
      - name: main
        image: ${image}
        ports: [{ name: http, containerPort: 8080 }]
---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec:
  selector: { app: ${name} }
  ports: [{ name: web, port: 80, targetPort: http }]
`
