import { afterAll, beforeAll, expect, test } from 'vitest'
import { callHttp } from '../harness/http-call.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { openWorkloadBench, type WorkloadBench } from './workload-bench.ts'

let bench: WorkloadBench
beforeAll(async () => {
  bench = await openWorkloadBench({ command: 'dev' })
})
afterAll(() => bench.close())

const manifest = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: echo }
spec:
  selector: { matchLabels: { app: echo } }
  template:
    metadata: { labels: { app: echo } }
    spec:
      containers:
      - name: echo
        image: registry.test/echo-basic:v1
        env:
        - { name: POD_NAME, valueFrom: { fieldRef: { fieldPath: metadata.name } } }
        - { name: NAMESPACE, valueFrom: { fieldRef: { fieldPath: metadata.namespace } } }
        - { name: INGRESS_NAME, valueFrom: { fieldRef: { fieldPath: status.podIP } } }
        - { name: SERVICE_NAME, valueFrom: { fieldRef: { fieldPath: spec.nodeName } } }
        - { name: TLS_CLIENT_CACERTS, value: /etc/authorities/ca.crt }
        - { name: TLS_SERVER_CERT, value: /etc/pair/crt }
        - { name: TLS_SERVER_PRIVKEY, value: /etc/pair/key }
        volumeMounts:
        - { name: pair, mountPath: /etc/pair }
        - { name: authorities, mountPath: /etc/authorities/ }
      volumes:
      - name: pair
        secret:
          secretName: pair
          items: [{ key: tls.crt, path: crt }, { key: tls.key, path: key }]
      - { name: authorities, configMap: { name: authorities } }
---
apiVersion: v1
kind: Service
metadata: { name: echo }
spec:
  selector: { app: echo }
  ports: [{ name: web, port: 80, targetPort: 3000 }]
`

const messageOf = async () =>
  bench.kubectl(
    'get pods -l app=echo -o jsonpath={.items[*].status.containerStatuses[*].state.waiting.message}',
  )

test('the echo of the conformance suite starts once the files that it mounts are there', async () => {
  await bench.apply(manifest)
  await waitUntil('what is missing', async () =>
    (await messageOf()).includes('Secret default/pair, which a volume names, does not exist.'),
  )
  await bench.kubectl('create secret generic pair --from-literal=tls.crt=')
  await waitUntil('what is missing now', async () =>
    (await messageOf()).includes('Secret default/pair has no key for the mounted file "key".'),
  )
  await bench.kubectl('delete secret pair')
  const pair = `${bench.sluice.folder}/data/`
  await bench.kubectl(`create secret tls pair --cert=${pair}ca.crt --key=${pair}ca.key`)
  await bench.kubectl(`create configmap authorities --from-file=${pair}ca.crt`)
  await bench.kubectl('wait --for=condition=Available deploy/echo --timeout=40s')

  const pod = await bench.kubectl(
    'get pods -l app=echo -o jsonpath={.items[0].metadata.name}/{.items[0].status.podIP}',
  )
  const [name, address = ''] = pod.split('/')
  const { body } = await callHttp({ address, port: 3000, path: '/where' })
  expect(JSON.parse(body)).toMatchObject({
    ...{ pod: name, namespace: 'default', ingress: address, service: '', path: '/where' },
  })
  expect(await bench.kubectl('logs deploy/echo')).toContain('request made to /where to client')
})
