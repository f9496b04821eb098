{{- define "exporter.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- else if contains .Chart.Name .Release.Name }}
{{- .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* The name is fixed: it becomes job="rtc-room-exporter", which rules and dashboards look for. */}}
{{- define "exporter.selector" -}}
app.kubernetes.io/name: rtc-room-exporter
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "exporter.labels" -}}
{{ include "exporter.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "exporter.keysSecret" -}}
{{- if and .Values.keys.existingSecret .Values.keys.data }}
{{- fail "keys.existingSecret and keys.data are both set, want one of them" }}
{{- else if .Values.keys.existingSecret }}
{{- .Values.keys.existingSecret }}
{{- else if .Values.keys.data }}
{{- include "exporter.fullname" . }}-keys
{{- else }}
{{- fail "keys.existingSecret and keys.data are both empty, want one of them" }}
{{- end }}
{{- end }}

{{- define "exporter.configMap" -}}
{{- .Values.existingConfigMap | default (include "exporter.fullname" .) }}
{{- end }}
