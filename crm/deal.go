package crm

// A deal is an opportunity or an order, with an amount.
func dealSchema() Schema {
	return Schema{Resource: Deal, Fields: []Field{
		{Name: "title", Type: Text, Label: in("Title", "Tiêu đề", "Titlu", "Tytuł"), Required: true},
		{Name: "status", Type: Choice, Label: in("Status", "Trạng thái", "Stare", "Status"), Choices: []string{"open", "won", "lost"}},
		{Name: "stage", Type: Text, Label: in("Stage", "Giai đoạn", "Etapă", "Etap")},
		{Name: "amount", Type: Money, Label: in("Amount", "Giá trị", "Valoare", "Kwota")},
		{Name: "currency", Type: Choice, Label: in("Currency", "Tiền tệ", "Monedă", "Waluta"), Choices: []string{"EUR", "USD", "VND", "RON", "PLN"}},
		{Name: "lost_reason", Type: Text, Label: in("Lost reason", "Lý do thua", "Motivul pierderii", "Powód utraty")},
		{Name: "close_date", Type: Date, Label: in("Close date", "Ngày chốt", "Data închiderii", "Data zamknięcia")},
		{Name: "priority", Type: Choice, Label: in("Priority", "Mức ưu tiên", "Prioritate", "Priorytet"), Choices: []string{"low", "normal", "high", "urgent"}},
		{Name: "contact", Type: Ref, Label: in("Contact", "Liên hệ", "Contact", "Kontakt"), Ref: "user"},
		{Name: "organization", Type: Ref, Label: in("Organization", "Tổ chức", "Organizație", "Organizacja"), Ref: "organization"},
		{Name: "owner", Type: Ref, Label: in("Owner", "Người phụ trách", "Responsabil", "Opiekun"), Ref: "member"},
		{Name: "source", Type: Text, Label: in("Source", "Nguồn", "Sursă", "Źródło")},
		{Name: "tags", Type: Tags, Label: in("Tags", "Nhãn", "Etichete", "Etykiety")},
	}}
}
