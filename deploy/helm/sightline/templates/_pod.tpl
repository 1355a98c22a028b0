{{/* The pod of a role: a dict with `root` (the chart's values), `role`, `args`, `resources` and `replicas`. */}}
{{- define "sightline.pod" -}}
{{- $root := .root -}}
metadata:
  labels:
    {{- include "sightline.selector" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .role }}
  annotations:
    # A pod begins anew where its policy or settings are others.
    checksum/council: {{ toJson (list $root.Values.policy $root.Values.recipients $root.Values.settings) | sha256sum }}
spec:
  serviceAccountName: {{ include "sightline.name" $root }}
  automountServiceAccountToken: false
  terminationGracePeriodSeconds: {{ $root.Values.terminationGracePeriodSeconds }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    seccompProfile: { type: RuntimeDefault }
  {{- with $root.Values.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  {{- with $root.Values.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $root.Values.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  # Two of a role on one node would end together.
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "sightline.selector" $root | nindent 10 }}
          app.kubernetes.io/component: {{ .role }}
  {{- if eq .role "migrate" }}
  restartPolicy: Never
  {{- end }}
  containers:
    - name: {{ .role }}
      image: {{ include "sightline.image" $root }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      args: {{ toJson .args }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: { drop: [ALL] }
      env:
        {{- range $name, $value := $root.Values.settings }}
        - name: {{ $name }}
          value: {{ $value | quote }}
        {{- end }}
        {{- range $key := $root.Values.secrets.keys }}
        {{- $file := $key }}
        {{- if and (eq $key "database-url") (eq $.role "migrate") }}
        {{- $file = $root.Values.secrets.ownerDatabaseKey }}
        {{- end }}
        - name: SIGHTLINE_{{ $key | replace "-" "_" | upper }}_FILE
          value: /run/secrets/sightline/{{ $file }}
        {{- end }}
        {{- if ne .role "migrate" }}
        - name: SIGHTLINE_POLICY
          value: /etc/sightline/policy.toml
        - name: SIGHTLINE_RECIPIENTS
          value: /etc/sightline/recipients.toml
        - name: SIGHTLINE_PROBES_HOST
          value: 0.0.0.0
        - name: SIGHTLINE_PROBES_PORT
          value: "9464"
        {{- end }}
        {{- if eq .role "pages" }}
        - name: SIGHTLINE_PAGES_HOST
          value: 0.0.0.0
        - name: SIGHTLINE_TRUSTED_PROXIES
          value: {{ $root.Values.trustedProxies | quote }}
        {{- end }}
      {{- if ne .role "migrate" }}
      ports:
        {{- if eq .role "pages" }}
        - { name: pages, containerPort: 8000 }
        {{- end }}
        - { name: probes, containerPort: 9464 }
      startupProbe:
        httpGet: { path: /healthz, port: probes }
        periodSeconds: 2
        failureThreshold: 60
      livenessProbe:
        httpGet: { path: /healthz, port: probes }
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      # /readyz of the pages also says whether a tracker gets on: pages go on without one.
      readinessProbe:
        httpGet: { path: {{ ternary "/healthz" "/readyz" (eq .role "pages") }}, port: probes }
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 2
      {{- end }}
      {{- if eq .role "pages" }}
      lifecycle:
        preStop:
          # Whoever sends requests hears that this pod goes while it still answers.
          exec: { command: [sleep, "5"] }
      {{- end }}
      resources: {{- toYaml .resources | nindent 8 }}
      volumeMounts:
        - { name: tmp, mountPath: /tmp }
        - { name: data, mountPath: /var/lib/sightline }
        - { name: settings, mountPath: /run/secrets/sightline, readOnly: true }
        {{- if ne .role "migrate" }}
        - { name: council, mountPath: /etc/sightline, readOnly: true }
        {{- end }}
        {{- if $root.Values.secrets.certificates }}
        - { name: certificates, mountPath: /etc/sightline-certificates, readOnly: true }
        {{- end }}
  volumes:
    - name: tmp
      emptyDir: {}
    - name: data
      {{- if and (eq .role "scheduler") $root.Values.mailbox.enabled }}
      persistentVolumeClaim: { claimName: {{ include "sightline.name" $root }}-mailbox }
      {{- else }}
      emptyDir: {}
      {{- end }}
    - name: settings
      secret:
        secretName: {{ $root.Values.secrets.settings }}
        defaultMode: 0440
        # The owner's URL is given to nobody but the job that migrates.
        items:
          {{- range $key := $root.Values.secrets.keys }}
          {{- $file := $key }}
          {{- if and (eq $key "database-url") (eq $.role "migrate") }}
          {{- $file = $root.Values.secrets.ownerDatabaseKey }}
          {{- end }}
          - { key: {{ $file }}, path: {{ $file }} }
          {{- end }}
    {{- if ne .role "migrate" }}
    - name: council
      configMap: { name: {{ include "sightline.councilConfigMap" $root }} }
    {{- end }}
    {{- with $root.Values.secrets.certificates }}
    - name: certificates
      secret: { secretName: {{ . }}, defaultMode: 0440 }
    {{- end }}
{{- end }}
