package crm

// A ticket is a piece of customer work: a question, a complaint, a job.
func ticketSchema() Schema {
	return Schema{Resource: Ticket, Fields: []Field{
		{Name: "title", Type: Text, Label: in("Title", "Tiêu đề", "Titlu", "Tytuł"), Required: true},
		{Name: "status", Type: Choice, Label: in("Status", "Trạng thái", "Stare", "Status"), Choices: []string{"new", "open", "waiting", "solved", "closed"}},
		{Name: "priority", Type: Choice, Label: in("Priority", "Mức ưu tiên", "Prioritate", "Priorytet"), Choices: []string{"low", "normal", "high", "urgent"}},
		{Name: "stage", Type: Text, Label: in("Stage", "Giai đoạn", "Etapă", "Etap")},
		{Name: "rating", Type: Number, Label: in("Rating", "Đánh giá", "Evaluare", "Ocena")},
		{Name: "description", Type: Text, Label: in("Description", "Mô tả", "Descriere", "Opis")},
		{Name: "contact", Type: Ref, Label: in("Contact", "Liên hệ", "Contact", "Kontakt"), Ref: "user"},
		{Name: "organization", Type: Ref, Label: in("Organization", "Tổ chức", "Organizație", "Organizacja"), Ref: "organization"},
		{Name: "owner", Type: Ref, Label: in("Owner", "Người phụ trách", "Responsabil", "Opiekun"), Ref: "member"},
		{Name: "source", Type: Text, Label: in("Source", "Nguồn", "Sursă", "Źródło")},
		{Name: "due_at", Type: Time, Label: in("Due", "Hạn", "Termen", "Termin")},
		{Name: "tags", Type: Tags, Label: in("Tags", "Nhãn", "Etichete", "Etykiety")},
	}}
}
