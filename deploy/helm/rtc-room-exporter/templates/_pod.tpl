{{- define "exporter.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
# The program stops within 5 seconds.
terminationGracePeriodSeconds: 10
{{- with .Values.serviceAccountName }}
serviceAccountName: {{ . }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- range $key := list "imagePullSecrets" "nodeSelector" "tolerations" "affinity" "topologySpreadConstraints" }}
{{- with index $.Values $key }}
{{ $key }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
containers:
  - name: rtc-room-exporter
    image: {{ printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) | quote }}
    imagePullPolicy: {{ .Values.image.pullPolicy }}
    args:
      - --config.file=/etc/rtc-room-exporter/exporter.yml
      - --config.enable-auto-reload
      - --state.file=/var/lib/rtc-room-exporter/state
      {{- if gt (int .Values.shards) 1 }}
      - --shard.index=$(POD_INDEX)
      - --shard.count={{ int .Values.shards }}
      {{- end }}
      {{- with .Values.extraArgs }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    {{- if or .Values.extraEnv (gt (int .Values.shards) 1) }}
    env:
      {{- if gt (int .Values.shards) 1 }}
      - name: POD_INDEX
        valueFrom:
          fieldRef:
            fieldPath: metadata.labels['apps.kubernetes.io/pod-index']
      {{- end }}
      {{- with .Values.extraEnv }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    {{- end }}
    ports:
      - name: http
        containerPort: 10640
    # Reading a long list of rooms takes a moment, liveness waits for it.
    startupProbe:
      httpGet:
        path: /-/healthy
        port: http
      periodSeconds: 2
      failureThreshold: 30
    # A poll loop that has stopped moving answers 503, and only a restart helps.
    livenessProbe:
      httpGet:
        path: /-/healthy
        port: http
      periodSeconds: 10
      timeoutSeconds: 5
    # Says that the first sweep is done. Prometheus scrapes the pod before that all the same.
    readinessProbe:
      httpGet:
        path: /-/ready
        port: http
      periodSeconds: 5
      timeoutSeconds: 5
    resources:
      {{- toYaml .Values.resources | nindent 6 }}
    securityContext:
      {{- toYaml .Values.securityContext | nindent 6 }}
    volumeMounts:
      # Whole volumes, no subPath: those would never see a change.
      - name: config
        mountPath: /etc/rtc-room-exporter
        readOnly: true
      - name: keys
        mountPath: /run/secrets/rtc-room-exporter
        readOnly: true
      - name: state
        mountPath: /var/lib/rtc-room-exporter
      {{- with .Values.extraVolumeMounts }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
volumes:
  - name: config
    configMap:
      name: {{ include "exporter.configMap" . }}
  - name: keys
    secret:
      secretName: {{ include "exporter.keysSecret" . }}
      # 0440
      defaultMode: 288
  - name: state
    {{- toYaml .Values.stateVolume | nindent 4 }}
  {{- with .Values.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
